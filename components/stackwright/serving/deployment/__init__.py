"""A model server of your own image: one autoscaled Deployment."""
