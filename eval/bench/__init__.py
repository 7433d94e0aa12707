"""This project beside its peers: the same texts, questions, machine and run."""
