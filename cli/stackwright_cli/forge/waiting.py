"""How long a forge asks us to wait before we ask again.

Sources: GitHub, "Best practices for using the REST API" and "Rate limits for the REST API";
GitLab, "User and IP rate limits", section "Response headers".
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from secrets import SystemRandom

LONGEST = 90.0
"""Seconds that we wait at most before one request; a forge that asks for more is told of."""

WITHOUT_HINT = 60.0
"""GitHub: where a limit comes without a time, wait at least one minute."""

AGAIN = frozenset({408, 429, 500, 502, 503, 504})
"""Answers after which a later request may do better."""


def is_limit(status: int, headers: Mapping[str, str], body: bytes) -> bool:
    """Tell whether an answer says that we ask too much; GitHub says so with 403 as well."""
    if status == 429:
        return True
    return status == 403 and (
        "retry-after" in headers
        or headers.get("x-ratelimit-remaining") == "0"
        or b"rate limit" in body[:4096].lower()
    )


def pause(
    headers: Mapping[str, str],
    tries: int,
    *,
    limited: bool,
    now: Callable[[], float] = time.time,
) -> float:
    """Return the seconds to wait before the next request.

    Args:
        headers: Of the answer, by names in small letters; empty when there was none.
        tries: How many requests were sent so far, from 1.
        limited: Whether the answer was about a limit.
        now: Seconds since 1970.
    """
    asked = _retry_after(headers.get("retry-after", ""), now)
    if asked is not None:
        return asked
    if limited:
        reset = _number(headers.get("x-ratelimit-reset") or headers.get("ratelimit-reset") or "")
        if reset is not None and headers.get("x-ratelimit-remaining", "0") == "0":
            return max(1.0, reset - now() + 1.0)
        return WITHOUT_HINT * 2.0 ** (tries - 1)
    # Jitter keeps two jobs that failed together from asking together again.
    return SystemRandom().uniform(0.5, 1.0) * 2.0 ** (tries - 1)


def _retry_after(text: str, now: Callable[[], float]) -> float | None:
    seconds = _number(text)
    if seconds is not None or not text:
        return seconds
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now())
    except ValueError:
        return None


def _number(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
