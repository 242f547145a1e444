"""A plan as text for a person, a pull request, a page, a diagram or `kubectl`."""
