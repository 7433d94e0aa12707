"""Who is entitled to what: from words to facts, from facts to benefits, every step cited."""
