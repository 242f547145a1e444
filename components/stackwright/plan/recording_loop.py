"""A recording loop runs a Pulumi program with no socket and no thread.

The loops of the standard library open a pair of sockets to be woken from other threads, and the
SDK hands each call of the engine to a thread. Here a call runs at once, where it is made.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from inspect import isawaitable
from typing import Any

from stackwright.errors import PlanError


class RecordingLoop(asyncio.BaseEventLoop):
    """An event loop that waits for nothing outside the process."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = _NothingToSelect()
        self.set_exception_handler(lambda loop, context: None)

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Call `func` now; when it returns an awaitable, the future is that of its result."""
        future = self.create_future()
        try:
            result = func(*args)
        except Exception as error:
            future.set_exception(error)
            return future
        if isawaitable(result):
            return asyncio.ensure_future(result, loop=self)
        future.set_result(result)
        return future

    def finish(self) -> None:
        """Cancel what still waits and close; failures of what was cancelled are dropped."""
        tasks = asyncio.all_tasks(self)
        for task in tasks:
            task.cancel()
        if tasks:
            self.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self.close()

    def _process_events(self, event_list: list[Any]) -> None:
        """Do nothing: there are no events from outside."""

    def _write_to_self(self) -> None:
        """Do nothing: nobody waits to be woken."""


class _NothingToSelect:
    """Stands where other loops wait for sockets."""

    def select(self, timeout: float | None) -> list[Any]:
        """Sleep for `timeout` seconds, the time until the next timer of the program.

        Raises:
            PlanError: There is no timer either, so the program would wait for ever.
        """
        if timeout is None:
            raise PlanError("the program waits for an output that nothing will ever resolve")
        if timeout > 0:
            time.sleep(timeout)
        return []
