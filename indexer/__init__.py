"""Finding it: from the parsed compilation to ranked clauses."""
