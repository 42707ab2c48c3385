"""Hosting: bringing a finished release to where it is served."""
