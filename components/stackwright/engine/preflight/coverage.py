"""Says honestly which assumptions were verified, and which are choices that nothing can verify."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stackwright.engine.preflight.result import Result, State
from stackwright.plan.graph import Assumption


@dataclass(frozen=True, slots=True)
class Coverage:
    """The assumptions of a plan, each in one of three groups, in the order of the plan."""

    verified: tuple[Assumption, ...]
    """Asked about, and true."""
    not_verified: tuple[Assumption, ...]
    """Something can be asked about them, and not all of it was found true."""
    choices: tuple[Assumption, ...]
    """Sizes, versions and names of ours that nothing outside can contradict."""

    def __str__(self) -> str:
        verified, pending = len(self.verified), len(self.not_verified)
        parts = [f"{verified} verified"]
        if pending:
            parts.append(f"{pending} not verified")
        parts.append(f"{len(self.choices)} are sizes and choices of ours")
        total = verified + pending + len(self.choices)
        return f"{total} assumptions: {', '.join(parts)}"


def coverage(assumptions: Sequence[Assumption], results: Sequence[Result]) -> Coverage:
    """Part the assumptions of a plan by what was found out about them.

    Args:
        assumptions: `Plan.assumptions`.
        results: What `verify` returned.
    """
    about = {item.path: [r for r in results if _is_about(r, item.path)] for item in assumptions}

    def true(item: Assumption) -> bool:
        return all(result.state is State.OK for result in about[item.path])

    asked = [item for item in assumptions if about[item.path]]
    return Coverage(
        verified=tuple(item for item in asked if true(item)),
        not_verified=tuple(item for item in asked if not true(item)),
        choices=tuple(item for item in assumptions if not about[item.path]),
    )


def _is_about(result: Result, path: str) -> bool:
    return any(path == key or path.startswith(f"{key}.") for key in result.check.verifies)
