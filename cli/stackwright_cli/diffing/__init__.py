"""The two sides of a diff: where each comes from, and the plans that are made of it."""
