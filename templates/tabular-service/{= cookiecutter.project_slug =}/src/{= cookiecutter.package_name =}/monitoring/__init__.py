"""Watches the model in service: drift of its input, and its performance where labels exist."""
