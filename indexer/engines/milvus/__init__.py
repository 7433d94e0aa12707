"""Milvus as an engine: a cluster, or Milvus Lite as a file."""
