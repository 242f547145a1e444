"""Where wiring is read from: a blueprint, a stored plan, or the outputs of a deployed stack.

Whatever the file is, it comes from outside: every value is held to the type of its key.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from stackwright.blueprint.document import Location
from stackwright.blueprint.shown import dotted, nearest, shown
from stackwright.blueprint.validation import check
from stackwright.errors import InputError, Problem
from stackwright.wiring import CONTRACTS, OUTPUT, SCHEMA, Wiring, plain_node, value_problems
from stackwright_cli.projects.records import sha256

if TYPE_CHECKING:
    from stackwright.plan.graph import Plan

Kind = Literal["blueprint", "plan", "outputs"]

MAX_BYTES = 32 * 1024 * 1024
"""Largest JSON file that is read, in bytes."""

EXPECTED = (
    "A blueprint (.yaml), what `pulumi stack output --json` prints of the last folder of stacks/,"
    " or a plan from `stackwright plan --format json -o PLAN.json` is expected."
)


@dataclass(frozen=True, slots=True)
class Pending:
    """A value that is not there yet."""

    origin: str
    """What it will come from, in words."""


Value: TypeAlias = str | Pending


@dataclass(frozen=True, slots=True)
class Source:
    """The file that the wiring was read from."""

    kind: Kind
    file: Path
    sha256: str
    """Digest of the file's bytes, in hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What one environment of a platform offers to projects."""

    wiring: Wiring
    values: Mapping[str, Mapping[str, Value]]
    """Values by instance and key."""
    source: Source

    def instances(self, contract: str) -> tuple[str, ...]:
        """Return the instances that give a contract, sorted by name."""
        of = self.wiring.contracts
        return tuple(sorted(name for name in self.values if of[name] == contract))


def read_offer(file: Path, environment: str | None) -> Offer:
    """Return what an environment offers, by what a file says.

    Args:
        file: A blueprint, which is planned offline, when its name ends in .yaml or .yml; else
            JSON: a plan, or outputs of a stack.
        environment: The environment that is wanted; None for the only one.

    Raises:
        InputError: The file is none of these, is of another environment, or a value is not what
            its key may hold. All problems are listed.
    """
    if file.suffix.lower() in (".yaml", ".yml"):
        return _planned(file, environment)
    text = _bytes(file)
    data = _object(text, file)
    kind, wiring, at = _wiring_of(data, file)
    source = Source(kind, file, sha256(text))
    return _offer(wiring, at, _examples(data.get("assumptions", ())), source, environment)


def _planned(file: Path, environment: str | None) -> Offer:
    from stackwright.report.inventory import examples
    from stackwright_cli import planning

    # Before the plan: if the file changes meanwhile, the digest is seen to be behind.
    digest = sha256(_bytes(file)) if file.is_file() else ""
    plan: Plan = planning.plan(file, environment)
    written = {item.path: item.value for item in examples(plan) if isinstance(item.value, str)}
    if not plan.wiring:
        message = f"environment {plan.environment} promises nothing to projects: it has no tools."
        raise InputError([Problem(message, str(file))])
    return _offer(plan.wiring, (OUTPUT,), written, Source("blueprint", file, digest), None)


def _bytes(file: Path) -> bytes:
    try:
        if file.exists() and not file.is_file():
            raise _refused(file, f"this is no regular file. {EXPECTED}")
        with file.open("rb") as stream:
            text = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise _refused(file, f"this file cannot be read: {reason}.") from None
    if len(text) > MAX_BYTES:
        raise _refused(file, f"the file is over the limit of {MAX_BYTES} bytes (32 MiB).")
    return text


def _object(text: bytes, file: Path) -> dict[str, Any]:
    try:
        data = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, ValueError) else "it is nested too deeply"
        raise _refused(file, f"this is not valid JSON: {reason}.", EXPECTED) from None
    if not isinstance(data, dict):
        raise _refused(file, "this JSON holds no object.", EXPECTED)
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise ValueError(f"the key {shown(twice)} stands twice")
    return found


def _wiring_of(data: dict[str, Any], file: Path) -> tuple[Kind, Any, Location]:
    """Return kind of the file, the wiring in it, and where that stands."""
    from stackwright.plan.graph import SCHEMA as PLAN_SCHEMA

    schema = data.get("schema")
    if schema == SCHEMA:
        # `outputs --offline` names the example values beside the wiring; a stack never does.
        wiring = {key: value for key, value in data.items() if key != "assumptions"}
        return "plan" if "assumptions" in data else "outputs", wiring, ()
    if schema == PLAN_SCHEMA and data.get(OUTPUT):
        return "plan", data[OUTPUT], (OUTPUT,)
    if schema is None and isinstance(data.get(OUTPUT), dict):
        return "outputs", data[OUTPUT], (OUTPUT,)
    if schema == PLAN_SCHEMA:
        raise _refused(file, "this plan promises nothing to projects: it has no tools.")
    if schema is not None:
        raise _refused(file, f"this JSON is of schema {shown(schema)}.", EXPECTED)
    if OUTPUT in data:
        raise _refused(file, f"the output {OUTPUT} is {shown(data[OUTPUT])}, no object.", EXPECTED)
    raise _refused(
        file,
        f"this JSON has no key {OUTPUT}; a foundation with a platform above it exports none.",
        EXPECTED,
    )


def _examples(assumptions: Any) -> dict[str, str]:
    """Return the example values of a stored plan by their key path."""
    items = assumptions if isinstance(assumptions, list) else ()
    return {
        item["path"]: item["value"]
        for item in items
        if isinstance(item, dict)
        and item.get("source") == "example"
        and isinstance(item.get("path"), str)
        and isinstance(item.get("value"), str)
    }


def _offer(
    data: Any, at: Location, examples: Mapping[str, str], source: Source, environment: str | None
) -> Offer:
    file = str(source.file)
    try:
        root = plain_node(data)
    except ValueError as error:
        raise _refused(source.file, f"this is no wiring: {error}.", EXPECTED) from None
    wiring, problems = check(Wiring, root, file, at)
    if wiring is None or problems:
        raise InputError(problems)
    if environment is not None and wiring.environment != environment:
        message = (
            f"this is the wiring of environment {wiring.environment}, and {shown(environment)} is"
            " asked for."
        )
        raise _refused(source.file, message, "Give the file of that environment, or another -e.")
    problems += _strangers(wiring, file, at)
    values: dict[str, dict[str, Value]] = {}
    for instance, given in wiring.tools.items():
        contract = wiring.contracts.get(instance, "")
        if contract in CONTRACTS:
            pending = dict(_pending(given, examples))
            problems += _wrong(contract, given, pending, file, (*at, "tools", instance))
            values[instance] = {**given, **pending}
    if problems:
        raise InputError(problems)
    return Offer(wiring, values, source)


def _wrong(
    contract: str,
    given: Mapping[str, Any],
    pending: Mapping[str, Pending],
    file: str,
    at: Location,
) -> Iterator[Problem]:
    """Yield what is wrong with the values of one instance, and with the keys of pending ones."""
    known = {key: value for key, value in given.items() if key not in pending}
    yield from value_problems(contract, known, file, at, pending)
    for key in sorted(set(pending) - CONTRACTS[contract].keys()):
        known_keys = ", ".join(CONTRACTS[contract].model_fields)
        message = f"there is no such key; known keys are: {known_keys}."
        yield Problem(message, file, path=dotted((*at, key)))


def _strangers(wiring: Wiring, file: str, at: Location) -> Iterator[Problem]:
    """Yield the instances without a contract, and the contracts that nobody knows."""
    for instance in sorted(set(wiring.tools) ^ set(wiring.contracts)):
        missing = "contracts" if instance in wiring.tools else "tools"
        message = f"{instance} is missing here; tools and contracts name the same instances."
        yield Problem(message, file, path=dotted((*at, missing)))
    for instance, contract in wiring.contracts.items():
        if contract not in CONTRACTS:
            message = f"{shown(contract)} is no contract that this Stackwright knows."
            hint = nearest(contract, CONTRACTS) or "Install the version that the platform has."
            place = dotted((*at, "contracts", instance))
            yield Problem(message, file, path=place, hint=hint)


def _pending(
    values: Mapping[str, Any], examples: Mapping[str, str]
) -> Iterator[tuple[str, Pending]]:
    for key, value in values.items():
        origin = _origin(value)
        if origin is not None:
            yield key, Pending(_readable(origin))
        elif isinstance(value, str):
            from_example = [path for path, text in examples.items() if text and text in value]
            if from_example:
                yield key, Pending(_example(from_example[0]))


def _origin(value: Any) -> str | None:
    """Return `URN#property` of the first output that a value is made from; None when it is known.

    A plan has a symbol inside a text, or `$unknown` alone; all else is held to the key's type.
    """
    from stackwright.plan.graph import SYMBOL

    if isinstance(value, str):
        found = SYMBOL.search(value)
        return f"{found['urn']}#{found['property']}" if found else None
    if isinstance(value, dict) and set(value) == {"$unknown"}:
        origins = value["$unknown"]
        return str(origins[0]) if isinstance(origins, list) and origins else ""
    return None


def _example(path: str) -> str:
    """Return which example value of a blueprint is to be replaced."""
    known = re.fullmatch(r"[A-Za-z0-9_.\[\]-]{1,200}", path)
    return f"example value {path if known else ''} of the blueprint".replace("  ", " ")


_ORIGIN = re.compile(
    r"urn:pulumi:(?P<stack>[\w.-]+)::(?P<project>[\w.-]+)::(?P<type>[\w:/.$-]+)::(?P<name>[\w./-]+)"
    r"#(?P<property>[\w./\[\]-]*)",
    re.ASCII,
)


def _readable(origin: str) -> str:
    """Return the output that a value will come from; a plan's own words are never copied."""
    match = _ORIGIN.fullmatch(origin) if len(origin) <= 500 else None
    if match is None:
        return "an output of the platform"
    output = f"output {match['property']}" if match["property"] else "outputs"
    if match["type"] == "pulumi:pulumi:Stack":
        return f"{output} of stack {match['stack']} of {match['project']}"
    return f"{output} of {match['type'].rpartition(':')[2]} {match['name']}"


def _refused(file: Path, message: str, hint: str = "") -> InputError:
    return InputError([Problem(message, os.fspath(file), hint=hint)])
