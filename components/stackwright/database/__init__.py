"""Relational databases: one database and one role per consumer."""
