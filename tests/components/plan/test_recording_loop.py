from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from stackwright.errors import PlanError
from stackwright.plan.recording_loop import RecordingLoop


@pytest.fixture
def loop() -> Iterator[RecordingLoop]:
    made = RecordingLoop()
    yield made
    made.finish()
    assert made.is_closed()


def test_work_for_a_thread_is_done_in_this_one(loop: RecordingLoop) -> None:
    async def main() -> threading.Thread:
        return await asyncio.to_thread(threading.current_thread)

    assert loop.run_until_complete(main()) is threading.current_thread()


def test_an_error_of_such_work_reaches_who_waits(loop: RecordingLoop) -> None:
    async def main() -> None:
        await asyncio.to_thread(int, "five")

    with pytest.raises(ValueError, match="five"):
        loop.run_until_complete(main())


def test_timers_go_off_in_their_order(loop: RecordingLoop) -> None:
    done: list[str] = []

    async def after(seconds: float, name: str) -> None:
        await asyncio.sleep(seconds)
        done.append(name)

    async def main() -> None:
        await asyncio.gather(after(0.002, "late"), after(0.001, "early"), after(0, "first"))

    loop.run_until_complete(main())
    assert done == ["first", "early", "late"]


def test_waiting_for_nothing_is_an_error(loop: RecordingLoop) -> None:
    async def main() -> None:
        await loop.create_future()

    with pytest.raises(PlanError, match="nothing will ever resolve"):
        loop.run_until_complete(main())


def test_what_still_waits_is_cancelled_at_the_end() -> None:
    cancelled: list[bool] = []

    async def forever() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    async def main() -> asyncio.Task[None]:
        task = asyncio.ensure_future(forever())
        await asyncio.sleep(0)
        return task

    made = RecordingLoop()
    task = made.run_until_complete(main())
    made.finish()
    assert cancelled == [True]
    assert task.cancelled()
