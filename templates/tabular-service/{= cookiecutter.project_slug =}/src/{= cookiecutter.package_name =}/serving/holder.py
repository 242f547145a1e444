"""Holds the model that is served, and swaps it when the registry names another champion.

Rules, each chosen so that one fault does not become two:

- Only a verified model is held: `ModelSource.load` compares digests before it parses anything.
- No model held means not ready, with the reason. The process stays alive: a restart would not
  mend the registry, and would hide the reason.
- A champion that is refused while another version is held does not end the service: the held
  version was verified and was champion, so it goes on answering. Readiness stays, as failing it
  would take every worker out of service at once. The refusal is in `/readyz`, `/version`, the
  metrics and the log. A refused version is tried again, ever more slowly, as it may be mended.
- A registry that cannot be reached changes nothing: the held version goes on answering.
- A registry that answers that there is no champion withdraws the model: taking the alias away is
  how a person stops a harmful model.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from .. import PROJECT
from ..errors import ModelRefused, ProjectError

if TYPE_CHECKING:
    from .servable import Servable

LOGGER = logging.getLogger(__name__)
LONGEST_RETRY_SECONDS = 60.0
"""The longest time between two tries to load a version that was refused."""
NOT_LOADED_YET = "no model is loaded yet"


class ModelSource(Protocol):
    """Where the champion comes from."""

    def champion(self) -> int | None:
        """Return the number of the champion's version; None when there is no champion."""

    def load(self, number: int) -> Servable:
        """Return a verified version, ready to predict.

        Raises:
            ModelRefused: The version may not be loaded.
        """


@dataclass(frozen=True)
class State:
    """What is held at one moment.

    `problem` is None when the champion is held; else it says why not. `refused` is the number of
    the champion that could not be loaded, if that is why.
    """

    held: Servable | None = None
    problem: str | None = NOT_LOADED_YET
    refused: int | None = None


class Holder:
    """Polls the champion in a thread of its own; requests read `state`, which never waits."""

    def __init__(self, source: ModelSource, poll_seconds: float) -> None:
        """Hold nothing yet."""
        self.on_change: Callable[[State], None] = lambda state: None
        """Called in the polling thread with each new state."""
        self._source = source
        self._poll_seconds = poll_seconds
        self._state = State()
        self._retry_at = 0.0
        self._retry_seconds = poll_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="model holder", daemon=True)

    @property
    def state(self) -> State:
        """What is held now; read it once per request."""
        return self._state

    def start(self) -> None:
        """Load the champion and go on polling, without waiting for either."""
        self._thread.start()

    def stop(self, seconds: float = 1.0) -> None:
        """Stop polling; a load that takes longer than `seconds` is left behind."""
        self._stopping.set()
        self._thread.join(seconds)

    def check(self) -> None:
        """Look at the registry once, and load the champion when it is not the version held."""
        held = self._state.held
        try:
            champion = self._source.champion()
        except Exception as error:
            self._become(State(held, f"the registry cannot be read: {_reason(error)}"))
            return
        if champion is None:
            problem = f"the registry has no champion of {PROJECT}: train, evaluate and promote one"
            self._become(State(None, problem))
        elif held is not None and held.version == champion:
            self._become(State(held, None))
        elif self._state.refused != champion or time.monotonic() >= self._retry_at:
            self._load(champion)

    def _load(self, champion: int) -> None:
        held = self._state.held
        try:
            loaded = self._source.load(champion)
        except Exception as error:
            known = self._state.refused == champion
            waited = self._retry_seconds * 2 if known else self._poll_seconds
            self._retry_seconds = min(waited, max(LONGEST_RETRY_SECONDS, self._poll_seconds))
            self._retry_at = time.monotonic() + self._retry_seconds
            word = "refused" if isinstance(error, ModelRefused) else "not loaded"
            problem = f"version {champion} is {word}: {_reason(error)}"
            self._become(State(held, problem, champion))
            return
        self._become(State(loaded, None))

    def _become(self, state: State) -> None:
        before, self._state = self._state, state
        if state == before:
            return
        if state.problem is not None and state.problem != before.problem:
            LOGGER.error("%s", state.problem)
        if state.held is not None and state.held is not before.held:
            LOGGER.info("serving version %s", state.held.version)
        self.on_change(state)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.check()
            self._stopping.wait(self._poll_seconds)


def _reason(error: Exception) -> str:
    """Return what may be shown to callers; the text of a foreign error goes to the log only."""
    if isinstance(error, ProjectError):
        return str(error)
    LOGGER.warning("details of the following problem", exc_info=error)
    return type(error).__name__
