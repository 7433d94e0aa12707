"""What finds candidates: one process with all in memory, or a cluster."""
