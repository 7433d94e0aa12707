"""Readers: one file a format, each yields lines with their place in the source text."""
