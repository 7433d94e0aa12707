"""Answers out of the clauses: verbatim sentences and cells, each with its citation."""
