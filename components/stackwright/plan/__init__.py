"""What a blueprint would create, recorded from the real programs without an engine."""
