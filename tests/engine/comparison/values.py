"""Compares a value of a plan with the value that the engine has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.engine.comparison.deployed import (
    ASSETS,
    SIGNATURE,
    Outputs,
    is_secret,
    opened_here,
)
from tests.engine.comparison.report import MISSING, Place, Report

from stackwright.plan.graph import SYMBOL, JsonValue


@dataclass(frozen=True, slots=True)
class ValueComparison:
    """Compares the values of one resource."""

    report: Report
    outputs: Outputs
    urn: str
    dependencies: Mapping[str, frozenset[str]]
    """For each input, the URNs that it is made from, by the plan."""

    def compare(self, where: str, plan: JsonValue, engine: Any, hidden: bool = False) -> None:
        """Compare what is at a path.

        Args:
            where: The path, such as `inputs.tags.team`.
            plan: The value of the plan; `MISSING` when it has none.
            engine: The value of the engine; `MISSING` when it has none.
            hidden: Whether the engine keeps an object around it as a secret.
        """
        if is_plan_mark(plan, "$secret"):
            self._secret(where, engine, hidden)
        elif is_secret(engine):
            self._opened(where, plan, engine, hidden)
        elif is_plan_mark(plan, "$unknown"):
            self._unknown(where, plan["$unknown"], engine)
        elif isinstance(plan, Mapping) and isinstance(engine, Mapping):
            self._objects(where, plan, engine, hidden)
        elif isinstance(plan, list | tuple) and isinstance(engine, list):
            self._lists(where, plan, engine, hidden)
        else:
            self._leaf(where, plan, engine)

    def _secret(self, where: str, engine: Any, hidden: bool) -> None:
        self._count(where)
        self.report.secret.append(Place(self.urn, where))
        if not (hidden or is_secret(engine)):
            self.report.differ(self.urn, where, "a secret", "no secret")

    def _opened(self, where: str, plan: JsonValue, engine: Any, hidden: bool) -> None:
        """Compare with the inside of a secret: a state lifts the mark to the whole list."""
        if not hidden and not holds_secret(plan):
            self.report.differ(self.urn, where, "no secret", "a secret")
        self.compare(where, plan, opened_here(engine), hidden=True)

    def _unknown(self, where: str, origins: list[str], engine: Any) -> None:
        self._count(where)
        self.report.unknown.append(Place(self.urn, where))
        if engine is MISSING:
            self.report.differ(self.urn, where, "known after deployment", engine)
        section, _, path = where.partition(".")
        if section == "inputs":
            needed = {origin.partition("#")[0] for origin in origins}
            known = self.dependencies.get(path.partition(".")[0].partition("[")[0], frozenset())
            if not needed <= known:
                self.report.differ(self.urn, where, needed, known)

    def _objects(
        self, where: str, plan: Mapping[str, Any], engine: Mapping[str, Any], hidden: bool
    ) -> None:
        if engine.get(SIGNATURE) in ASSETS:
            plan, engine = (_without_hash(side) for side in (plan, engine))
        names = sorted({*_present(plan), *_present(engine)})
        for name in names:
            left, right = plan.get(name, MISSING), engine.get(name, MISSING)
            self.compare(f"{where}.{name}", left, right, hidden)
        if not names:
            self._count(where)

    def _lists(self, where: str, plan: Any, engine: list[Any], hidden: bool) -> None:
        if len(plan) != len(engine):
            self.report.differ(self.urn, where, plan, engine)
            return
        for index, (left, right) in enumerate(zip(plan, engine, strict=True)):
            self.compare(f"{where}[{index}]", left, right, hidden)
        if not plan:
            self._count(where)

    def _leaf(self, where: str, plan: JsonValue, engine: Any) -> None:
        self._count(where)
        real = plan
        if isinstance(plan, str) and SYMBOL.search(plan):
            real = self.outputs.substituted(plan)
            if real is MISSING:
                self.report.differ(self.urn, where, plan, "no such output in the state")
                return
        if not same(real, engine):
            self.report.differ(self.urn, where, plan, engine)

    def _count(self, where: str) -> None:
        if where.startswith("inputs"):
            self.report.leaves += 1


def same(left: Any, right: Any) -> bool:
    """Tell whether two values are equal and of one kind; there is one kind of number."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(same(left[k], right[k]) for k in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)


def is_plan_mark(value: JsonValue, mark: str) -> bool:
    """Tell whether a value of a plan is `{"$unknown": [...]}` or `{"$secret": [...]}`."""
    return isinstance(value, Mapping) and mark in value


def holds_secret(plan: JsonValue) -> bool:
    """Tell whether a secret is anywhere in a value of a plan."""
    if isinstance(plan, Mapping):
        return "$secret" in plan or any(map(holds_secret, plan.values()))
    return isinstance(plan, list | tuple) and any(map(holds_secret, plan))


def _present(value: Mapping[str, Any]) -> list[str]:
    """Return the keys that hold something: nothing under a key and no key are the same."""
    return [name for name, item in value.items() if item is not None]


def _without_hash(asset: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asset.items() if name not in (SIGNATURE, "hash")}
