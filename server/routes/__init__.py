"""HTTP routes: the API, the pages, and what an operator asks."""
