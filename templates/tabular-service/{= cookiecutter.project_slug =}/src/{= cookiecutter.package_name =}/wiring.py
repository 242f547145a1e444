"""Wiring is what a platform tells a project: one JSON file per environment, not trusted blindly."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Mapping
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from . import PROJECT
from .errors import InputError
from .problems import nearest, validation_problems

SCHEMA = "stackwright.project-wiring/v1"
_MOST_BYTES = 1024 * 1024

_PATH = r"(?:/[A-Za-z0-9._~/-]*)?"
_HTTP_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?" + _PATH)
_OBJECT_URL = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]" + _PATH)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_KUBERNETES_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")

_METADATA_HOSTS = frozenset({"instance-data", "metadata", "metadata.google.internal"})
"""Names that clouds give to the server that hands out a machine's credentials."""

_FORMS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "ObjectStore.data_url": (_OBJECT_URL, "an s3:// URL"),
    "ObjectStore.region": (_LABEL, "a region such as eu-central-1"),
    "ObjectStore.endpoint": (_HTTP_URL, "an http(s) URL without credentials"),
    "ImageRegistry.url": (
        re.compile(r"[a-z0-9.-]+(?::[0-9]{1,5})?(?:/[a-z0-9._/-]+)?"),
        "a host and path without a scheme",
    ),
    "ExperimentTracker.uri": (_HTTP_URL, "an http(s) URL without credentials"),
    "ModelServer.namespace": (_LABEL, "a DNS label"),
    "ModelServer.service_account": (_LABEL, "a DNS label"),
    "ModelServer.mode": (re.compile("InferenceService|Deployment"), "InferenceService, Deployment"),
    "Monitoring.label": (_KUBERNETES_LABEL, "a value of a Kubernetes label"),
    "Monitoring.prometheus_url": (_HTTP_URL, "an http(s) URL without credentials"),
    "Delivery.role_prefix": (
        re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]*"),
        "the begin of a role's ARN",
    ),
}
"""Form of the value of each key, and that form in words. The platform promises no other key."""

_STRICT = ConfigDict(strict=True, frozen=True, extra="forbid")


class Known(BaseModel):
    """A value that is known."""

    model_config = _STRICT

    state: Literal["known"] = "known"
    value: str


class Pending(BaseModel):
    """A value that is known only once the platform stands."""

    model_config = ConfigDict(**(_STRICT | {"validate_by_name": True}))

    state: Literal["pending"] = "pending"
    source: str = Field(alias="from")
    """Where the value will come from, in words."""


class SecretReference(BaseModel):
    """A secret that stays where it is."""

    model_config = _STRICT

    state: Literal["secret-reference"] = "secret-reference"
    reference: dict[str, str]
    """Where the secret is: `from`, and what that kind of place needs."""


Value = Annotated[Known | Pending | SecretReference, Field(discriminator="state")]


class Wiring(BaseModel):
    """One file of wiring."""

    model_config = _STRICT

    schema_: Literal["stackwright.project-wiring/v1"] = Field(alias="schema")
    platform: str
    environment: str
    project: str
    production: bool
    instances: dict[str, str] = Field(default_factory=dict)
    """Which tool was chosen where several could be meant; `stackwright wire` remembers it here."""
    source: dict[str, str] = Field(default_factory=dict)
    """What the wiring was made from, for `stackwright check`."""
    values: dict[str, Value]


def read_wiring(file: Path, *, environment: str) -> Wiring:
    """Read the wiring of one environment.

    Raises:
        InputError: It is no such file, is for another project or environment, or has a key or a
            value that is not allowed; every problem is named.
    """
    if file.stat().st_size > _MOST_BYTES:
        raise InputError([f"{file}: larger than 1 MiB, which no wiring is"])
    try:
        data = json.loads(file.read_bytes(), object_pairs_hook=_without_duplicates)
        wiring = Wiring.model_validate(data)
    except (ValueError, RecursionError) as error:
        if isinstance(error, ValidationError):
            raise InputError(validation_problems(str(file), error, Wiring, data)) from None
        raise InputError([f"{file}: not JSON of one meaning: {error}"]) from None
    found = [
        f"{file}: {name}: is for {has!r}, expected {wanted!r}"
        for name, has, wanted in (
            ("environment", wiring.environment, environment),
            ("project", wiring.project, PROJECT),
        )
        if has != wanted
    ]
    found += [f"{file}: values.{key}: {problem}" for key, problem in _wrong_values(wiring)]
    if found:
        raise InputError(found)
    return wiring


def _wrong_values(wiring: Wiring) -> list[tuple[str, str]]:
    wrong = []
    for key, value in wiring.values.items():
        if key not in _FORMS:
            wrong.append((key, f"no such key{nearest(key, _FORMS)}"))
        elif isinstance(value, Known):
            form, words = _FORMS[key]
            if not form.fullmatch(value.value) or _is_link_local(value.value):
                wrong.append((key, f"expected {words}"))
    return wrong


def _is_link_local(value: str) -> bool:
    """Tell whether a URL points at an address of the machine's own link, such as metadata.

    Every spelling of an IPv4 address counts that clients accept: decimal, hexadecimal, short.
    """
    host = urlsplit(value).hostname or ""
    if host in _METADATA_HOSTS:
        return True
    try:
        return IPv4Address(socket.inet_aton(host)).is_link_local
    except OSError:
        return False


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{', '.join(twice)} is there more than once")
    return dict(pairs)
