"""What would be lost with a resource, what may keep it, and the safe way."""
