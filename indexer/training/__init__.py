"""How the shipped embedding model was made; nothing here runs when the product is used."""
