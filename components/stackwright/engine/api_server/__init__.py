"""Reads a Kubernetes API server, and tells in words why it cannot be read."""
