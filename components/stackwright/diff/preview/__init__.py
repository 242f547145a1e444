"""The real engine's word, beside the diff of two plans."""
