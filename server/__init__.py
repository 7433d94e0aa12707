"""Serving it: HTTP, web pages and the command line over the same search."""
