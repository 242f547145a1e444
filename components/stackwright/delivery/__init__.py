"""Continuous integration: how pipelines of projects may act on the platform."""
