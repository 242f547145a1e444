"""A container registry that is already there."""
