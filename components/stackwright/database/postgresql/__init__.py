"""PostgreSQL: a server that is already there."""
