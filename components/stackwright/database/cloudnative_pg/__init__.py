"""CloudNativePG: PostgreSQL in the cluster, run by an operator."""
