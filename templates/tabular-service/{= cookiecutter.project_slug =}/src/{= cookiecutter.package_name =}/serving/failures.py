"""What a request is refused with: a status, a reason, and every problem found."""

from __future__ import annotations

import json
from collections.abc import Sequence

SHOWN_PROBLEMS = 20
"""How many problems an answer lists; the rest is counted."""


class RequestRefused(Exception):
    """A request that is not answered with a prediction.

    `status` is the HTTP status, `reason` one sentence, `problems` the places in the request, each
    with what was expected there. None of these may hold a value that the request came with.
    """

    def __init__(self, status: int, reason: str, problems: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.problems = tuple(problems)


def body_of(reason: str, problems: Sequence[str] = ()) -> bytes:
    """Return the JSON body of a refusal: `error`, and where there are any, `problems`."""
    body: dict[str, object] = {"error": reason}
    if problems:
        body["problems"] = list(problems[:SHOWN_PROBLEMS])
    if len(problems) > SHOWN_PROBLEMS:
        body["more_problems"] = len(problems) - SHOWN_PROBLEMS
    return json.dumps(body).encode()
