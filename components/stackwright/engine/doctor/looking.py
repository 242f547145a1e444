"""Takes several looks at once, each until it is done or the time is over."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from stackwright.engine.doctor.finding import Finding, Health
from stackwright.errors import StackwrightError

Look: TypeAlias = Callable[[], Iterable[Finding]]

WITHIN = 90.0
"""Seconds after which a look that has found nothing yet is given up."""


def look_at(
    looks: Mapping[str, Look],
    report: Callable[[Finding], None] = lambda _: None,
    within: float = WITHIN,
) -> tuple[Finding, ...]:
    """Take all looks at once and return what they found.

    Args:
        looks: What is looked at -> the look, in the order of the answer.
        report: Called with each finding as soon as it is there, in the thread of the caller.
        within: Seconds after which what is not done is `unknown`.
    """
    done: queue.Queue[tuple[str, tuple[Finding, ...]]] = queue.Queue()
    for subject, look in looks.items():
        # A look that hangs must not keep the command from ending, so nobody joins its thread.
        threading.Thread(target=_taken, args=(subject, look, done), daemon=True).start()
    found = dict(_arriving(done, len(looks), within, report))
    for subject in looks:
        if subject not in found:
            late = Finding(subject, Health.UNKNOWN, f"no answer came within {within:g} seconds.")
            found[subject] = (late,)
            report(late)
    return tuple(finding for subject in looks for finding in found[subject])


def _arriving(
    done: queue.Queue[tuple[str, tuple[Finding, ...]]],
    count: int,
    within: float,
    report: Callable[[Finding], None],
) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    end = time.monotonic() + within
    for _ in range(count):
        try:
            subject, findings = done.get(timeout=max(end - time.monotonic(), 0))
        except queue.Empty:
            return
        for finding in findings:
            report(finding)
        yield subject, findings


def _taken(subject: str, look: Look, done: queue.Queue[tuple[str, tuple[Finding, ...]]]) -> None:
    try:
        done.put((subject, tuple(look())))
    except StackwrightError as error:
        done.put((subject, (Finding(subject, Health.WRONG, str(error)),)))
    except Exception as error:
        # One broken look must not hide what the others found.
        message = f"the look itself failed: {type(error).__name__}. Report it as a mistake of ours."
        done.put((subject, (Finding(subject, Health.UNKNOWN, message),)))
