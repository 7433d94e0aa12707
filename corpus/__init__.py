"""The compilation as text: sources, documents, provisions. Knows nothing of search."""
