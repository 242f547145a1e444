"""Asks a running service for predictions, in requests that it takes."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..errors import InputError, ProjectError

MOST_ANSWER_BYTES = 64 * 1024 * 1024
"""Size of the largest answer that is read."""
_ROW = re.compile(r"^rows\[(\d+)\]")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Predicted:
    """The answer for one row."""

    prediction_id: str
    model_version: int
    score: float
    decision: int


@dataclass(frozen=True)
class Limits:
    """What one request may hold, and how long its answer may take."""

    rows: int
    bytes: int
    seconds: float


def predict(url: str, rows: Sequence[Row], limits: Limits) -> list[Predicted]:
    """Return the predictions of rows, in their order; many rows are several requests.

    A request is never sent twice, as the service logs each.

    Raises:
        InputError: The URL is wrong, or the service refused rows: every reason is named.
        ProjectError: The service does not answer, is not ready, or is no service of ours.
    """
    connection, path = _connection(url, limits.seconds)
    found: list[Predicted] = []
    try:
        for body, number in _requests(rows, limits):
            status, answer = _exchange(connection, url, path, body)
            _check(url, status, answer, len(found))
            found.extend(_read(url, answer, number))
    finally:
        connection.close()
    return found


def _connection(url: str, seconds: float) -> tuple[http.client.HTTPConnection, str]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    known = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    if parts.scheme not in known or not parts.hostname or "@" in parts.netloc or parts.query:
        raise InputError([f"--url {url}: expected http://HOST:PORT or https://HOST"])
    connection = known[parts.scheme](parts.hostname, port, timeout=seconds)
    return connection, parts.path.rstrip("/") + "/predict"


def _requests(rows: Sequence[Row], limits: Limits) -> Iterator[tuple[bytes, int]]:
    """Yield bodies with their numbers of rows, each within the limits where its rows are."""
    head, tail = '{"rows": [', "]}"
    waiting: list[str] = []
    size = len(head) + len(tail)
    for row in rows:
        text = json.dumps(row)
        if waiting and (len(waiting) == limits.rows or size + len(text) + 1 > limits.bytes):
            yield f"{head}{','.join(waiting)}{tail}".encode(), len(waiting)
            waiting, size = [], len(head) + len(tail)
        waiting.append(text)
        size += len(text) + 1
    if waiting:
        yield f"{head}{','.join(waiting)}{tail}".encode(), len(waiting)


def _exchange(
    connection: http.client.HTTPConnection, url: str, path: str, body: bytes
) -> tuple[int, Any]:
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        text = response.read(MOST_ANSWER_BYTES)
    except TimeoutError:
        raise ProjectError(f"{url}: gave no answer within {connection.timeout:g} s") from None
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise ProjectError(f"{url}: cannot be asked: {reason}. Is `serve` running?") from None
    try:
        return response.status, json.loads(text)
    except (ValueError, RecursionError):
        return response.status, None


def _check(url: str, status: int, answer: Any, before: int) -> None:
    """Raise what a status other than 200 means; `before` rows were answered already."""
    if status == 200:
        return
    reason = str(answer.get("error", "")) if isinstance(answer, dict) else ""
    if not reason:
        raise ProjectError(f"{url}: answered with status {status}; is it the service's URL?")
    text = f"{url}: {reason} (status {status}; {before} rows before were answered)"
    if status >= 500 or status == 408:
        raise ProjectError(text)
    problems = [
        _ROW.sub(lambda found: f"rows[{int(found[1]) + before}]", str(problem))
        for problem in answer.get("problems", [])
    ]
    more = answer.get("more_problems")
    raise InputError([text, *problems, *([f"and {more} more problems"] if more else [])])


def _read(url: str, answer: Any, number: int) -> list[Predicted]:
    try:
        version = int(answer["model_version"])
        found = [
            Predicted(
                str(item["prediction_id"]), version, float(item["score"]), int(item["decision"])
            )
            for item in answer["predictions"]
        ]
    except (KeyError, TypeError, ValueError):
        found = []
    if len(found) != number:
        raise ProjectError(f"{url}: answered with something else than {number} predictions")
    return found
