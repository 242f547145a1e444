from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


@pytest.fixture
def umask() -> Iterator[None]:
    """Take every permission of others from new files, for one test."""
    before = os.umask(0o077)
    yield
    os.umask(before)
