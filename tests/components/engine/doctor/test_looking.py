"""Looks are taken at once, and one that hangs or breaks hides nothing of the others."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from stackwright.engine.doctor.finding import Finding, Health
from stackwright.engine.doctor.looking import look_at
from stackwright.errors import StackwrightError

FINE = Finding("first", Health.OK, "fine.")


def fine() -> list[Finding]:
    return [FINE]


def test_what_was_found_comes_in_the_order_of_the_looks() -> None:
    second = Finding("second", Health.OK, "fine too.")
    released = threading.Event()

    def late() -> Iterator[Finding]:
        released.wait(10)
        yield FINE

    def early() -> Iterator[Finding]:
        released.set()
        yield second

    told: list[Finding] = []
    assert look_at({"first": late, "second": early}, told.append) == (FINE, second)
    assert sorted(told, key=lambda one: one.subject) == [FINE, second]


def test_a_look_that_hangs_is_given_up_and_told() -> None:
    released = threading.Event()

    def hanging() -> list[Finding]:
        released.wait(60)
        return []

    told: list[Finding] = []
    found = look_at({"hangs": hanging, "first": fine}, told.append, within=2)
    released.set()
    assert found == (Finding("hangs", Health.UNKNOWN, "no answer came within 2 seconds."), FINE)
    assert set(told) == set(found)


def test_a_look_that_fails_with_words_is_quoted() -> None:
    def failing() -> list[Finding]:
        raise StackwrightError("the bucket does not answer.")

    found = look_at({"backend": failing, "first": fine})
    assert found == (Finding("backend", Health.WRONG, "the bucket does not answer."), FINE)


def test_a_look_that_breaks_is_told_without_its_words() -> None:
    def breaking() -> Iterator[Finding]:
        yield FINE
        raise ValueError("canary")

    [found] = look_at({"first": breaking})
    assert found.health is Health.UNKNOWN
    assert "ValueError" in found.found
    assert "canary" not in found.found


def test_nothing_to_look_at_is_nothing_found() -> None:
    assert look_at({}) == ()
