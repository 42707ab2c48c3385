"""Proving that an owner controls a domain: the DNS and the web server are asked."""
