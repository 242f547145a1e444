"""The OpenAPI document, with the request that the model served now expects."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from .. import PROJECT
from .holder import Holder

_PREDICTION = {
    "type": "object",
    "required": ["prediction_id", "score", "decision"],
    "properties": {
        "prediction_id": {"type": "string", "format": "uuid"},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "decision": {"type": "integer", "enum": [0, 1]},
    },
}
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {"type": "string"},
        "problems": {"type": "array", "items": {"type": "string"}},
        "more_problems": {"type": "integer"},
    },
}
_REFUSALS = {
    "400": "The body cannot be read, or is not strict JSON.",
    "408": "The body was not complete in time.",
    "413": "The body is too large.",
    "415": "The body is not application/json.",
    "422": "The rows do not fit the model; every problem is listed.",
    "503": "No model is served; the reason is given.",
}


def describe(application: FastAPI, holder: Holder) -> None:
    """Add the route of the document, which follows the model that is held."""

    @application.get("/openapi.json", include_in_schema=False)
    async def openapi() -> dict[str, Any]:
        found = get_openapi(title=PROJECT, version="1", routes=application.routes)
        held = holder.state.held
        row = {"type": "object"} if held is None else held.requests.schema()
        found.setdefault("components", {})["schemas"] = {
            "Row": row,
            "Prediction": _PREDICTION,
            "Error": _ERROR,
        }
        _operation(found, "/predict", "rows")
        _operation(found, f"/v1/models/{PROJECT}:predict", "instances")
        return found


def _operation(document: dict[str, Any], path: str, key: str) -> None:
    operation = document["paths"][path]["post"]
    operation["requestBody"] = {"required": True, "content": _json(_list_of(key, "Row"))}
    answer = _list_of("predictions", "Prediction")
    if key == "rows":
        answer["properties"]["model_version"] = {"type": "integer"}
    operation["responses"] = {"200": {"description": "Scored.", "content": _json(answer)}} | {
        status: {
            "description": text,
            "content": _json({"$ref": "#/components/schemas/Error"}),
        }
        for status, text in _REFUSALS.items()
    }


def _list_of(key: str, name: str) -> dict[str, Any]:
    items = {"$ref": f"#/components/schemas/{name}"}
    return {
        "type": "object",
        "required": [key],
        "properties": {key: {"type": "array", "items": items, "minItems": 1}},
    }


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
