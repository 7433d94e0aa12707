"""The embedding model: unpacking the built-in one, loading any, encoding."""
