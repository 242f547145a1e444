"""A budget is the time that a run may spend on a forge, waiting included."""

from __future__ import annotations

import time
from collections.abc import Callable

SECONDS = 300.0
"""Five minutes: a job that comments longer than that keeps a reviewer waiting."""


class Budget:
    """Counts down from its first moment."""

    def __init__(
        self,
        seconds: float = SECONDS,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.clock = clock
        self._sleep = sleep
        self._seconds = seconds
        self.renew()

    def renew(self) -> None:
        """Begin again, for the next of many that each have their own time."""
        self._end = self.clock() + self._seconds

    @property
    def left(self) -> float:
        """Seconds that are left; never below 0."""
        return max(0.0, self._end - self.clock())

    def wait(self, seconds: float) -> bool:
        """Wait, and tell whether there was time for it; when there is not, return at once."""
        if seconds >= self.left:
            return False
        if seconds > 0:
            self._sleep(seconds)
        return True
