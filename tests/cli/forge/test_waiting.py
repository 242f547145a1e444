"""How long a forge asks us to wait."""

from __future__ import annotations

import pytest

from stackwright_cli.forge.waiting import WITHOUT_HINT, is_limit, pause


@pytest.mark.parametrize(
    ("status", "headers", "body", "limit"),
    [
        (429, {}, b"Retry later", True),
        (403, {"retry-after": "60"}, b"", True),
        (403, {"x-ratelimit-remaining": "0"}, b"", True),
        (403, {}, b'{"message": "You have exceeded a secondary rate limit"}', True),
        (403, {"x-ratelimit-remaining": "4999"}, b'{"message": "Forbidden"}', False),
        (503, {"retry-after": "60"}, b"", False),
    ],
)
def test_a_limit_is_told_from_a_missing_permission(
    status: int, headers: dict[str, str], body: bytes, limit: bool
) -> None:
    assert is_limit(status, headers, body) is limit


def test_the_time_that_is_asked_for_is_taken_in_every_form() -> None:
    assert pause({"retry-after": "30"}, 1, limited=True) == 30
    date = {"retry-after": "Sat, 21 Nov 2026 12:00:30 GMT"}
    assert pause(date, 1, limited=True, now=lambda: 1795262400.0) == 30
    github = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1000"}
    assert pause(github, 1, limited=True, now=lambda: 990.0) == 11
    assert pause({"ratelimit-reset": "1000"}, 1, limited=True, now=lambda: 990.0) == 11


def test_a_limit_without_a_time_is_waited_for_a_minute_and_then_longer() -> None:
    assert pause({}, 1, limited=True) == WITHOUT_HINT
    assert pause({}, 2, limited=True) == 2 * WITHOUT_HINT
    still_free = {"x-ratelimit-remaining": "12", "x-ratelimit-reset": "1000"}
    assert pause(still_free, 1, limited=True) == WITHOUT_HINT


@pytest.mark.parametrize("text", ["soon", "-5", "1e9", "٣", "9" * 40, "Sat, 99 Nov 2026"])
def test_a_time_that_is_none_is_not_taken(text: str) -> None:
    assert 0 <= pause({"retry-after": text}, 1, limited=False) <= 1


def test_each_try_waits_longer_than_the_one_before() -> None:
    assert [0.5 <= pause({}, 1, limited=False) <= 1, 4 <= pause({}, 4, limited=False) <= 8] == [
        True,
        True,
    ]
