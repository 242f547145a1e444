"""The actions that the workflows use, each by its whole commit and the version that it stands for.

Source: the tags of their repositories on github.com, 2026-08.
"""

from __future__ import annotations

ACTIONS = {
    "CHECKOUT": ("actions/checkout", "3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    "CONFIGURE_AWS_CREDENTIALS": (
        "aws-actions/configure-aws-credentials",
        "e6de054238d6b7531b4efff3b6587d9aade6a06c",
        "v6.2.3",
    ),
    "DOWNLOAD_ARTIFACT": (
        "actions/download-artifact",
        "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c",
        "v8.0.1",
    ),
    "PULUMI": ("pulumi/actions", "8e5e406f4007fca908480587cb9893c07090f58d", "v7.0.0"),
    "SETUP_PYTHON": ("actions/setup-python", "5fda3b95a4ea91299a34e894583c3862153e4b97", "v7.0.0"),
    "UPLOAD_ARTIFACT": (
        "actions/upload-artifact",
        "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f",
        "v7.0.0",
    ),
}
"""Name in a pipeline -> repository, commit and version."""


def used() -> dict[str, str]:
    """Return what stands after `uses:` for each name."""
    return {
        name: f"{repository}@{commit}  # {version}"
        for name, (repository, commit, version) in ACTIONS.items()
    }
