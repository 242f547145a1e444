"""Every call of a stand-in provider passes here: it is journalled, and planned faults happen."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

import grpc  # type: ignore[import-untyped]  # it ships no types
from tests.engine.stand_in.control import Control, Effect, Fault, Moment
from tests.engine.stand_in.journal import BEGIN, END, Entry, Journal

Behaviour = Callable[[Any, Any], Any]


class Calls(grpc.ServerInterceptor):  # type: ignore[misc]  # the base has no types
    """Stands between the engine and the provider."""

    def __init__(self, package: str, control: Path | None, journal: Path | None) -> None:
        self._package = package
        self._control = control
        self._journal = Journal(journal)
        self._counts: Counter[Fault] = Counter()
        self._lock = Lock()

    def intercept_service(self, continuation: Callable[[Any], Any], details: Any) -> Any:
        """Return the handler of a call, wrapped."""
        handler = continuation(details)
        if handler is None or handler.unary_unary is None:
            return handler
        method = details.method.rpartition("/")[2]
        return grpc.unary_unary_rpc_method_handler(
            self._wrapped(method, handler.unary_unary),
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )

    def _wrapped(self, method: str, behaviour: Behaviour) -> Behaviour:
        def call(request: Any, context: Any) -> Any:
            urn, preview = getattr(request, "urn", ""), getattr(request, "preview", False)
            number = self._journal.number()
            entry = Entry(number, BEGIN, self._package, method, urn, preview=preview)
            self._journal.write(entry)
            faults = self._striking(method, urn)
            self._happen(faults, Moment.BEFORE, context)
            answer = behaviour(request, context)
            identity = getattr(answer, "id", "") or getattr(request, "id", "")
            self._journal.write(replace(entry, moment=END, identity=identity))
            self._happen(faults, Moment.AFTER, context)
            return answer

        return call

    def _striking(self, method: str, urn: str) -> list[Fault]:
        planned = Control.read(self._control).faults
        with self._lock:
            matching = [fault for fault in planned if fault.matches(method, urn)]
            self._counts.update(matching)
            return [fault for fault in matching if fault.strikes(self._counts[fault])]

    @staticmethod
    def _happen(faults: list[Fault], moment: Moment, context: Any) -> None:
        for fault in (fault for fault in faults if fault.moment is moment):
            if fault.effect is Effect.CRASH:
                os.kill(os.getpid(), signal.SIGKILL)
            elif fault.effect is Effect.HANG:
                time.sleep(fault.seconds)
            else:
                context.abort(getattr(grpc.StatusCode, fault.code), fault.message)
