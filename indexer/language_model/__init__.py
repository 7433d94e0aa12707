"""One language model behind an endpoint, and what is common to checking what it writes."""
