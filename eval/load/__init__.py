"""Load on the real server, in a process of its own: scenarios, throughput, and a soak."""
