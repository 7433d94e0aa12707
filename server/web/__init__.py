"""Templates, static files, and how pages are rendered from them."""
