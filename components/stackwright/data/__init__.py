"""Facts about the world outside, each with its source and date."""
