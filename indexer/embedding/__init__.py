"""The embedding model: the shipped one, any other, encoding, and the base it was made of."""
