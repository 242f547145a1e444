"""What a comparison found."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

_SHOWN = 300


class Missing:
    """Stands for what one side does not have."""

    def __repr__(self) -> str:
        return "(absent)"


MISSING: Final = Missing()


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where plan and engine differ."""

    urn: str
    where: str
    """Path of an input, or the name of a fact such as `options.protect`."""
    plan: str
    engine: str

    def __str__(self) -> str:
        return f"{self.urn}\n  {self.where}\n    plan   {self.plan}\n    engine {self.engine}"


@dataclass(frozen=True, slots=True)
class Place:
    """A value in a resource."""

    urn: str
    where: str

    def __str__(self) -> str:
        return f"{self.urn} {self.where}"


@dataclass(slots=True)
class Report:
    """Everything that was found; only what is in `inputs` counts as a leaf."""

    differences: list[Difference] = field(default_factory=list)
    unknown: list[Place] = field(default_factory=list)
    """Where the plan says that a value is known after deployment."""
    secret: list[Place] = field(default_factory=list)
    """Where the plan says that a value is a secret; it never holds the value."""
    leaves: int = 0
    """Inputs of all resources that are no lists and no objects, and empty ones of these."""
    resources: int = 0

    def differ(self, urn: str, where: str, plan: object, engine: object) -> None:
        """Add a difference."""
        self.differences.append(Difference(urn, where, _shown(plan), _shown(engine)))

    def equal(self, urn: str, where: str, plan: object, engine: object) -> None:
        """Add a difference unless the two are equal."""
        if plan != engine:
            self.differ(urn, where, plan, engine)

    @property
    def resources_equal(self) -> int:
        """How many resources have no difference."""
        return self.resources - len({difference.urn for difference in self.differences})

    @property
    def uncompared_share(self) -> float:
        """Share of the inputs whose value was not compared: unknown and secret ones."""
        uncompared = [*self.unknown, *self.secret]
        inputs = [place for place in uncompared if place.where.startswith("inputs")]
        return len(inputs) / self.leaves if self.leaves else 0.0

    def summary(self) -> str:
        """Return one line of figures, and one line for each value that was not compared."""
        figures = (
            f"{self.resources_equal} of {self.resources} resources equal, {self.leaves} leaf "
            f"inputs, {len(self.unknown)} unknown, {len(self.secret)} secret"
        )
        return "\n".join(
            [
                figures,
                *(f"  unknown {place}" for place in self.unknown),
                *(f"  secret {place}" for place in self.secret),
            ]
        )


def _shown(value: Any) -> str:
    if value is MISSING:
        return repr(value)
    if isinstance(value, set | frozenset):
        value = sorted(value)
    return json.dumps(value, sort_keys=True, default=repr)[:_SHOWN]
