"""Which resource is which on both sides, and what happens to each."""
