"""Rebuilding: is what is published what its commit makes, and where is it not?"""
