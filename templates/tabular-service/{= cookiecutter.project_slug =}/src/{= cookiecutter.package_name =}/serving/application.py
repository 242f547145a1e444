"""The HTTP application: predictions, health, version and metrics."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from .. import PROJECT
from .bodies import parse_json, read_body
from .documentation import describe
from .failures import RequestRefused, body_of
from .holder import Holder, State
from .lifetime import FLUSH_SECONDS
from .metrics import Metrics
from .middleware import Measured
from .prediction_log import Entry, PredictionLog
from .servable import Servable


@dataclass
class Service:
    """The parts of a running service; `draining` is set when it is about to end."""

    holder: Holder
    log: PredictionLog
    metrics: Metrics
    report_lines: Callable[[], str]
    maximum_body_bytes: int
    request_seconds: float
    draining: bool = field(default=False)

    def __post_init__(self) -> None:
        """Let the metrics follow the model."""
        self.holder.on_change = self.changed

    def drain(self) -> None:
        """Answer what comes, but say that nothing more should come."""
        self.draining = True
        self.metrics.draining()

    def unready(self) -> str | None:
        """Return why no request should come; None when the service is ready."""
        if self.draining:
            return "the service is stopping"
        state = self.holder.state
        return None if state.held is not None else state.problem

    def changed(self, state: State) -> None:
        """Put a new state of the holder into the metrics."""
        held = state.held
        self.metrics.model(
            None if held is None else held.version,
            0.0 if held is None else held.loaded,
            degraded=state.problem is not None,
        )
        if self.draining:
            self.metrics.draining()


def create_application(service: Service) -> FastAPI:
    """Return the application; its lifespan starts and stops the service's threads."""

    @contextlib.asynccontextmanager
    async def lifespan(application: FastAPI) -> AsyncIterator[None]:
        service.log.start()
        service.holder.start()
        yield
        await asyncio.to_thread(service.holder.stop)
        await asyncio.to_thread(service.log.stop, FLUSH_SECONDS)

    application = FastAPI(
        title=PROJECT,
        lifespan=lifespan,
        # The pages for people load scripts from a public host; `describe` serves the document.
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        exception_handlers={RequestRefused: _refused, HTTPException: _no_route, Exception: _failed},
    )
    application.add_middleware(Measured, service=service)
    _add_health(application, service)
    _add_predictions(application, service)
    describe(application, service.holder)
    return application


def _add_health(application: FastAPI, service: Service) -> None:
    @application.get("/healthz")
    async def healthz() -> Response:
        """Tell that the process answers; it does so without a model as well."""
        return _answer({"status": "alive"})

    @application.get("/readyz")
    async def readyz() -> Response:
        """Tell whether predictions can be asked for; 503 says why not."""
        reason = service.unready()
        if reason is not None:
            return _answer({"status": "not ready", "error": reason}, 503)
        state = service.holder.state
        return _answer({"status": "ready", "degraded": state.problem})

    @application.get("/version")
    async def version() -> Response:
        """Tell which version of the model is served, and which champion was refused."""
        return _answer(_version(service.holder.state))

    @application.get("/metrics")
    def metrics() -> Response:
        """Return the metrics of all workers and the gauges of the latest monitoring report."""
        text = service.metrics.text() + service.report_lines().encode()
        return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")

    @application.get(f"/v1/models/{PROJECT}")
    async def model() -> Response:
        """Tell whether the model is ready, by version 1 of the KServe protocol."""
        ready = service.unready() is None
        return _answer({"name": PROJECT, "ready": ready}, 200 if ready else 503)


def _add_predictions(application: FastAPI, service: Service) -> None:
    async def answer(request: Request, key: str) -> tuple[Servable, list[Entry]]:
        held = service.holder.state.held
        if held is None:
            raise RequestRefused(503, service.unready() or "the service is not ready")
        body = await read_body(
            request.headers, request.receive, service.maximum_body_bytes, service.request_seconds
        )
        return held, _predict(service, held, body, key)

    @application.post("/predict")
    async def predict(request: Request) -> Response:
        """Score rows with the champion."""
        held, entries = await answer(request, "rows")
        return _answer({"model_version": held.version, "predictions": _shown(entries)})

    @application.post(f"/v1/models/{PROJECT}:predict")
    async def predict_instances(request: Request) -> Response:
        """Score rows with the champion, by version 1 of the KServe protocol."""
        _, entries = await answer(request, "instances")
        return _answer({"predictions": _shown(entries)})


def _predict(service: Service, held: Servable, body: bytes, key: str) -> list[Entry]:
    """Score the rows of a body, log them, and return what was logged."""
    rows = held.requests.rows(parse_json(body), key)
    scores = held.scores(rows)
    moment = datetime.now(UTC).isoformat(timespec="microseconds")
    entries: list[Entry] = [
        {
            "prediction_id": str(uuid.uuid4()),
            "time": moment,
            "model_version": held.version,
            "features": held.requests.logged(row),
            "score": score,
            "decision": held.decide(score),
        }
        for row, score in zip(rows, scores, strict=True)
    ]
    positive = sum(entry["decision"] for entry in entries)
    service.log.add(entries)
    service.metrics.predictions(positive, len(entries) - positive)
    return entries


def _shown(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    return [
        {name: entry[name] for name in ("prediction_id", "score", "decision")} for entry in entries
    ]


def _version(state: State) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "project": PROJECT,
        "model_version": None,
        "problem": state.problem,
        "refused_version": state.refused,
    }
    if state.held is not None:
        contract = state.held.contract
        answer |= {
            "model_version": state.held.version,
            "model": contract.model,
            "commit": contract.commit,
            "data_version": contract.data_version,
            "created": contract.created.isoformat(),
            "loaded": datetime.fromtimestamp(state.held.loaded, UTC).isoformat(),
            "threshold": contract.threshold,
            "label": contract.label,
        }
    return answer


def _answer(content: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(content).encode(), status, media_type="application/json")


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestRefused)
    # A body that was not read to its end cannot be skipped: the connection ends with the answer.
    headers = {"connection": "close"} if error.status in {408, 413, 415} else {}
    if error.status == 503:
        headers["retry-after"] = "5"
    body = body_of(error.reason, error.problems)
    return Response(body, error.status, headers, media_type="application/json")


async def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return Response(
        body_of(error.detail), error.status_code, error.headers, media_type="application/json"
    )


async def _failed(request: Request, error: Exception) -> Response:
    return Response(body_of("the service failed"), 500, media_type="application/json")
