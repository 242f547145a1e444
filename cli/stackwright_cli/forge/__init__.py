"""A forge is where pull requests live: it keeps comments, labels and checks."""
