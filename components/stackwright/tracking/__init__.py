"""Experiments, runs, models and their versions."""
