"""All problems at once: steps that each may find something wrong with the input."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import InputError


class Problems:
    """What was found wrong so far."""

    def __init__(self) -> None:
        self._found: list[str] = []

    @contextmanager
    def collected(self) -> Iterator[None]:
        """Keep the problems of a block that raises InputError, and go on after it."""
        try:
            yield
        except InputError as error:
            self._found.extend(error.problems)

    def refuse(self) -> None:
        """Raise what was found.

        Raises:
            InputError: Something was found.
        """
        if self._found:
            raise InputError(list(dict.fromkeys(self._found)))
