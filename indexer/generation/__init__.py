"""Questions for new documents by a language model behind an endpoint; off unless it is set."""
