"""External Secrets Operator: one store per place that secrets are kept in."""
