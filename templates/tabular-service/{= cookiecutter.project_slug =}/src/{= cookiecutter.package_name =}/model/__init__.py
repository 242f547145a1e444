"""The model: what is fitted, how it is kept in files, and how it is loaded safely."""
