"""Predicts from tabular data."""

PROJECT = "{= cookiecutter.project_slug =}"
"""Name of the project, of its model and of what it keeps."""


def version() -> str:
    """Return the version of the installed package, such as `0.1.0`."""
    from importlib.metadata import version as installed_version

    return installed_version(PROJECT)
