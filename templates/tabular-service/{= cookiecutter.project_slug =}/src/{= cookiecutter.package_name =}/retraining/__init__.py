"""Trains a new model from labelled traffic, and the receiver of alerts that starts it."""
