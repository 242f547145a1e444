"""Writes the parts of the docs that are made from the code: tables, schemas and pictures."""
