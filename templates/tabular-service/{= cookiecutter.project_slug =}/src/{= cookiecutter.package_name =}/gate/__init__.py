"""The gate: what a model must show before it may be promoted."""
