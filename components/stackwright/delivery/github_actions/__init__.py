"""GitHub Actions: a role for each repository, without keys."""
