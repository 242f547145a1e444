"""Pipelines that show in a pull request what it would change; see `docs/pull-requests.md`."""
