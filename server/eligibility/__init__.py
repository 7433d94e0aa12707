"""Which benefits fit a person, read from what the person says."""
