"""The model registry: versions of the model, and which of them is in use."""
