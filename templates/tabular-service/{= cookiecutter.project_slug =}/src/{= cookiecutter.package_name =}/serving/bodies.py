"""The body of a request: read within a size and a time, and parsed as strict JSON."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, NoReturn

from .failures import RequestRefused

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
"""How an ASGI application gets the next part of a request."""


async def read_body(
    headers: Mapping[str, str], receive: Receive, maximum_bytes: int, seconds: float
) -> bytes:
    """Return the body of a JSON request.

    The size is counted while reading, as a chunked body announces none. `seconds` bound the whole
    reading, so that a body sent byte by byte ends as well.

    Raises:
        RequestRefused: 415 for another content type or encoding, 413 above `maximum_bytes`, 408
            when the body is not complete in time, 400 when the client left.
    """
    _check_content(headers)
    announced = headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > maximum_bytes:
        raise _too_large(maximum_bytes)
    try:
        async with asyncio.timeout(seconds):
            return await _read(receive, maximum_bytes)
    except TimeoutError:
        reason = f"the body was not complete after {seconds:g} seconds"
        raise RequestRefused(408, reason) from None


async def _read(receive: Receive, maximum_bytes: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RequestRefused(400, "the client left before the body was complete")
        body.extend(message.get("body", b""))
        if len(body) > maximum_bytes:
            raise _too_large(maximum_bytes)
        if not message.get("more_body", False):
            return bytes(body)


def _check_content(headers: Mapping[str, str]) -> None:
    media, _, parameters = headers.get("content-type", "").lower().partition(";")
    charset = parameters.replace(" ", "").replace('"', "")
    if media.strip() != "application/json" or charset not in {"", "charset=utf-8"}:
        raise RequestRefused(415, "expected the header 'Content-Type: application/json', in UTF-8")
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise RequestRefused(415, "a compressed body is not read: send it without Content-Encoding")


def _too_large(maximum_bytes: int) -> RequestRefused:
    return RequestRefused(413, f"the body is larger than {maximum_bytes} bytes")


def parse_json(body: bytes) -> Any:
    """Parse strict JSON: UTF-8, no key twice in one object, no NaN and no Infinity.

    Raises:
        RequestRefused: 400; the reason says where, and never what stood there.
    """
    try:
        return json.loads(
            body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant
        )
    except UnicodeDecodeError as error:
        reason = f"the body is not UTF-8: byte {error.start} cannot be read"
    except json.JSONDecodeError as error:
        reason = f"the body is not JSON: {error.msg}, line {error.lineno} column {error.colno}"
    except RecursionError:
        reason = "the body is nested too deeply"
    except ValueError:
        # Python reads no integer of more than some thousand digits: that would take too long.
        reason = "the body holds a number with too many digits"
    raise RequestRefused(400, reason)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise RequestRefused(400, "the body is not JSON as expected: an object has a key twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise RequestRefused(400, f"the body is not JSON: {name} is no JSON number")
