"""Benefits: who is entitled to what, as rules that quote the clauses they come from."""
