"""The record of retrainings: at most one runs, and after each there is a pause.

Each retraining is one numbered object in the storage, made before the training starts. Of several
that want the same number the storage lets exactly one create it, so the record is also the lock,
on a folder and on S3 alike. A retraining that crashed stays in the record, and counts.
"""

from __future__ import annotations

import os
import re
import secrets
import socket
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from ..errors import AnswerNo, ProjectError

if TYPE_CHECKING:
    from ..storage import Storage

LONGEST = timedelta(hours=6)
"""After this time a retraining that never said it ended is taken for dead."""

KEPT = 20
"""Records that are kept; older ones are removed."""

_PREFIX = "runs/"
_KEY = re.compile(r"runs/[0-9]{8}\.json")


class Run(BaseModel):
    """One retraining. ``ended`` is ``None`` while it runs, and for ever when it crashed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_: Literal["retraining-run/v1"] = Field(alias="schema", default="retraining-run/v1")
    started: AwareDatetime
    ended: AwareDatetime | None = None
    outcome: str | None = None
    host: str
    process: int
    mark: str
    """Random; tells our record from another's when an answer of the storage was lost."""

    def data(self) -> bytes:
        """The bytes that are stored."""
        return (self.model_dump_json(by_alias=True, indent=2) + "\n").encode()


class Runs:
    """The record in a storage (of purpose ``retraining``)."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def latest(self) -> Run | None:
        """The newest retraining, whether it runs, ended or crashed.

        Raises:
            ProjectError: its record cannot be read.
        """
        keys = self._keys()
        return self._read(keys[-1]) if keys else None

    def begin(self, now: datetime, pause: timedelta) -> tuple[str, Run]:
        """Record that a retraining starts now; returns its key and record.

        Args:
            now: the time, aware of its zone.
            pause: least time since the last start; zero ignores it.

        Raises:
            AnswerNo: another retraining runs, or the pause is not over.
            ProjectError: the record cannot be read or written.
        """
        keys = self._keys()
        number = 1
        if keys:
            _refuse_too_early(self._read(keys[-1]), now, pause)
            number = int(keys[-1][len(_PREFIX) : -len(".json")]) + 1
        run = Run(
            started=now, host=socket.gethostname(), process=os.getpid(), mark=secrets.token_hex(8)
        )
        key = f"{_PREFIX}{number:08d}.json"
        if not self._storage.create(key, run.data()) and self._read(key) != run:
            raise AnswerNo("another retraining started at this moment")
        for old in keys[: max(0, len(keys) + 1 - KEPT)]:
            self._storage.delete(old)
        return key, run

    def end(self, key: str, run: Run, now: datetime, outcome: str) -> None:
        """Record that a retraining ended, and how."""
        ended = run.model_copy(update={"ended": now, "outcome": outcome})
        self._storage.write(key, ended.data())

    def _keys(self) -> list[str]:
        return [key for key in self._storage.list(_PREFIX) if _KEY.fullmatch(key)]

    def _read(self, key: str) -> Run:
        try:
            return Run.model_validate_json(self._storage.read(key))
        except (KeyError, ValidationError):
            where = self._storage.url(key)
            raise ProjectError(
                f"{where}: not a record of a retraining; look, and remove it"
            ) from None


def _refuse_too_early(last: Run, now: datetime, pause: timedelta) -> None:
    if last.ended is None and now < last.started + LONGEST and not _is_dead(last):
        raise AnswerNo(
            f"a retraining runs since {_words(last.started)} (process {last.process} on "
            f"{last.host}); one that died unseen is forgotten at {_words(last.started + LONGEST)}"
        )
    if now < last.started + pause:
        raise AnswerNo(
            f"the last retraining started at {_words(last.started)}; the next may start at "
            f"{_words(last.started + pause)} (--force starts it now)"
        )


def _is_dead(run: Run) -> bool:
    if run.host != socket.gethostname():
        return False
    try:
        os.kill(run.process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _words(time: datetime) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S %Z")
