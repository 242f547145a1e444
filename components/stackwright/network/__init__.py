"""The private network that everything runs in."""
