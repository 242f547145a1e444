"""Sends requests to the API of a forge: in time, again only where that is safe, the token hidden.

A request that changes nothing, or leads to the same when it is sent twice, is sent again after a
fault that may pass. Any other is sent again only when the forge refused it or nothing arrived: an
answer that was lost is told as `Fault.UNCERTAIN`, and who asked looks before asking again.
"""

from __future__ import annotations

import json as json_module
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from stackwright_cli.forge.budget import Budget
from stackwright_cli.forge.connection import (
    DISTRUSTED,
    Answer,
    Place,
    connect,
    is_distrust,
    joined,
    origin,
    refuse_unsafe,
    server,
    why,
)
from stackwright_cli.forge.faults import Fault, ForgeFault, reason
from stackwright_cli.forge.shapes import number
from stackwright_cli.forge.waiting import AGAIN, LONGEST, is_limit, pause

if TYPE_CHECKING:
    import httpx

TRIES = 5
"""How often a request is sent at most."""

LARGEST = 64 * 1024 * 1024
"""Bytes of an answer that are read at most: a page of 20 notes of GitLab may have 20 million
characters."""

MOST_PAGES = 1000
"""Pages of one list that are read at most: 100,000 comments of GitHub."""

_MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 307, 308})


class _Lost(Exception):
    """There is no answer, or half of one."""

    def __init__(self, words: str, *, sent: bool) -> None:
        self.sent = sent
        super().__init__(words)


class Http:
    """The API of one forge, asked with one token, one request at a time."""

    def __init__(self, place: Place, budget: Budget) -> None:
        self.place = place
        self._budget = budget
        self._last_write = float("-inf")
        refuse_unsafe(place.base, place.title)

    def read(self, path: str, *, doing: str, needs: str = "") -> Any:
        """Return the JSON at a path; for the arguments see `send`."""
        return self.document(self.send("GET", path, doing=doing, needs=needs), doing)

    def read_if_there(self, path: str, *, doing: str, needs: str = "") -> Any:
        """Return what `read` does; None where nothing is at the path."""
        try:
            return self.read(path, doing=doing, needs=needs)
        except ForgeFault as fault:
            if fault.fault is Fault.NOT_FOUND:
                return None
            raise

    def pages(self, path: str, *, doing: str, needs: str = "") -> Iterator[Any]:
        """Yield the items of a list, of every page, by the links that the forge gives.

        Raises:
            ForgeFault: See `send`; or the pages have no end.
        """
        seen: set[str] = set()
        url = path
        while url:
            if url in seen or len(seen) >= MOST_PAGES:
                raise self._fault(Fault.NO_FORGE, doing, "its pages have no end.")
            seen.add(url)
            answer = self.send("GET", url, doing=doing, needs=needs)
            items = self.document(answer, doing)
            if not isinstance(items, list):
                raise self._fault(Fault.NO_FORGE, doing, "it sent no list.")
            yield from items
            url = answer.next

    def write(self, method: str, path: str, *, doing: str, needs: str, json: Any) -> Any:
        """Make or change something and return it as it is now; for the arguments see `send`.

        Raises:
            ForgeFault: See `send`; or what came back has no number.
        """
        answer = self.send(method, path, doing=doing, needs=needs, json=json)
        written = self.document(answer, doing)
        if not number(written, "id"):
            raise self._fault(Fault.NO_FORGE, doing, "it told no number.")
        return written

    def remove(self, path: str, *, doing: str, needs: str) -> None:
        """Delete something; what is gone already is no fault. For the arguments see `send`."""
        try:
            self.send("DELETE", path, doing=doing, needs=needs)
        except ForgeFault as fault:
            if fault.fault is not Fault.NOT_FOUND:
                raise

    def send(
        self,
        method: str,
        path: str,
        *,
        doing: str,
        needs: str = "",
        json: Any = None,
        repeatable: bool | None = None,
    ) -> Answer:
        """Send one request until it is answered well.

        Args:
            method: Of HTTP.
            path: Below the base, or a whole URL at the same server.
            doing: What it is for, such as `list the comments of pull request 7`.
            needs: The permission that it takes, in the forge's words.
            json: What to send.
            repeatable: Whether it may be sent twice; when not given, all but POST may.

        Raises:
            ForgeFault: It was refused, or there was no answer in time.
        """
        again = method != "POST" if repeatable is None else repeatable
        tries = 0
        while True:
            tries += 1
            if method != "GET":
                self._keep_pace()
            try:
                answer = self._follow(method, self._url(path), json, doing)
            except _Lost as lost:
                if lost.sent and not again:
                    self._uncertain(doing, str(lost))
                self._wait(pause({}, tries, limited=False), tries, doing, None, str(lost))
                continue
            if answer.status < 300:
                return answer
            limited = is_limit(answer.status, answer.headers, answer.body)
            if not limited and answer.status not in AGAIN:
                raise self._refused(answer, doing, needs)
            if not limited and not again:
                self._uncertain(doing, _said(answer))
            seconds = pause(answer.headers, tries, limited=limited)
            fault = Fault.LIMITED if limited else Fault.BROKEN
            self._wait(seconds, tries, doing, fault, _said(answer))

    def document(self, answer: Answer, doing: str) -> Any:
        """Return the JSON of an answer.

        Raises:
            ForgeFault: It is none.
        """
        try:
            return json_module.loads(answer.body)
        except (ValueError, RecursionError):
            words = "it sent no JSON; a proxy or a login page may stand before it."
            raise self._fault(Fault.NO_FORGE, doing, words) from None

    def close(self) -> None:
        """End the connections."""
        if "_client" in self.__dict__:
            self._client.close()

    def _keep_pace(self) -> None:
        clock = self._budget.clock
        self._budget.wait(self.place.pace - (clock() - self._last_write))
        self._last_write = clock()

    def _wait(self, seconds: float, tries: int, doing: str, fault: Fault | None, said: str) -> None:
        fault = fault or Fault.UNREACHABLE
        if seconds > LONGEST:
            raise self._fault(fault, doing, f"{said}. It asks to wait {seconds:.0f} seconds.")
        if tries >= TRIES:
            raise self._fault(fault, doing, f"{said}. It was tried {tries} times.")
        if not self._budget.wait(seconds):
            raise self._fault(fault, doing, f"{said}. There is no time left to try again.")

    def _uncertain(self, doing: str, said: str) -> NoReturn:
        raise self._fault(Fault.UNCERTAIN, doing, f"{said}. It may have been done all the same.")

    def _refused(self, answer: Answer, doing: str, needs: str) -> ForgeFault:
        fault = _kind(answer)
        wanted = ""
        if fault in (Fault.UNAUTHORIZED, Fault.FORBIDDEN, Fault.NOT_FOUND) and needs:
            wanted = f" This needs {needs}."
        return self._fault(fault, doing, f"{_said(answer)}.{wanted}")

    def _fault(self, fault: Fault, doing: str, words: str) -> ForgeFault:
        hint = self.place.hints.get(fault, "")
        text = f"{self.place.title}: could not {doing}: {words} {hint}".rstrip()
        return ForgeFault(fault, self.place.token.redacted(text))

    def _url(self, path: str) -> str:
        return path if "://" in path else f"{self.place.base}{path}"

    def _follow(self, method: str, url: str, json: Any, doing: str) -> Answer:
        """Send a request, and again where the same server says that something has moved."""
        for _ in range(_MOST_REDIRECTS + 1):
            if origin(url) != origin(self.place.base):
                words = f"it points to another server ({server(url)}), which gets no token of ours."
                raise self._fault(Fault.NO_FORGE, doing, words)
            answer = self._once(method, url, json, doing)
            if answer.status not in _REDIRECTS:
                return answer
            url = joined(url, answer.headers.get("location", ""))
        raise self._fault(Fault.NO_FORGE, doing, "it redirects without an end.")

    def _once(self, method: str, url: str, json: Any, doing: str) -> Answer:
        import httpx

        content = None if json is None else json_module.dumps(json).encode()
        headers = {} if content is None else {"Content-Type": "application/json"}
        try:
            with self._client.stream(method, url, content=content, headers=headers) as response:
                body = self._body(response, doing)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            if is_distrust(error):
                raise self._fault(Fault.UNREACHABLE, doing, DISTRUSTED) from None
            raise _Lost(f"{server(url)} cannot be reached ({why(error)})", sent=False) from None
        except httpx.InvalidURL:
            raise self._fault(Fault.NO_FORGE, doing, "it points to what is no address.") from None
        except httpx.HTTPError as error:
            raise _Lost(f"the answer was lost ({why(error)})", sent=True) from None
        found = {name.lower(): value for name, value in response.headers.items()}
        following = response.links.get("next", {}).get("url", "")
        return Answer(response.status_code, found, body, following and joined(url, following))

    def _body(self, response: httpx.Response, doing: str) -> bytes:
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > LARGEST:
                words = f"it answered more than {LARGEST} bytes."
                raise self._fault(Fault.TOO_LARGE, doing, words)
            if not self._budget.left:
                raise _Lost("the answer took too long", sent=True)
        return bytes(body)

    @cached_property
    def _client(self) -> httpx.Client:
        return connect(self.place)


def _said(answer: Answer) -> str:
    return f"{answer.status} {reason(answer.body)}".rstrip()


def _kind(answer: Answer) -> Fault:
    if answer.status == 403 and "locked" in reason(answer.body).lower():
        return Fault.LOCKED
    known = {401: Fault.UNAUTHORIZED, 403: Fault.FORBIDDEN}
    known |= {404: Fault.NOT_FOUND, 410: Fault.NOT_FOUND}
    return known.get(answer.status, Fault.INVALID)
