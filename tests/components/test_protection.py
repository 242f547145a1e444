"""Only what the blueprint allows to be replaced loses its protection, and the plan says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pulumi
import pytest

from stackwright.plan import graph
from stackwright.plan.recorder import record
from stackwright.program import build
from stackwright.protection import lift_protection

BLUEPRINT = """\
apiVersion: stackwright/v1
name: acme-ml
target: {kind: aws, region: eu-west-1, account: "210987654321"}
storage: {kind: s3}
"""

ALLOWED = """\
allow_replacement:
  - {resource: aws:s3/bucket:Bucket::storage-data, reason: it was copied, expires: "2026-01-31"}
"""
"""A day of the past: a plan does not depend on the day on which it is made."""

Recorded = Callable[[Callable[[], object]], dict[str, bool]]


class Thing(pulumi.CustomResource):
    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("own:index:Thing", name, {}, opts)


@pytest.fixture
def protected(tmp_path: Path) -> Recorded:
    """Record a program; return for each resource whether it is protected, by name."""

    def run(program: Callable[[], object], stack: str = "default") -> dict[str, bool]:
        layer: graph.Layer = record(
            program,
            layer="foundation",
            project="acme-ml-foundation",
            stack=stack,
            root_directory=str(tmp_path),
            foreign={},
        )
        return {found.name: found.options.protect for found in layer.resources if found.custom}

    return run


def test_only_what_is_named_is_not_protected(protected: Recorded) -> None:
    def program() -> None:
        lift_protection(["own:index:Thing::a", "own:index:Other::b"])
        Thing("a", pulumi.ResourceOptions(protect=True))
        Thing("b", pulumi.ResourceOptions(protect=True))

    assert protected(program) == {"a": False, "b": True}


def test_what_a_parent_protects_is_named_by_itself(protected: Recorded) -> None:
    def program() -> None:
        lift_protection(["own:index:Thing::a"])
        parent = Thing("parent", pulumi.ResourceOptions(protect=True))
        Thing("a", pulumi.ResourceOptions(parent=parent))
        Thing("b", pulumi.ResourceOptions(parent=parent))

    assert protected(program) == {"parent": True, "a": False, "b": True}


def test_options_that_are_shared_are_not_changed(protected: Recorded) -> None:
    shared = pulumi.ResourceOptions(protect=True)

    def program() -> None:
        lift_protection(["own:index:Thing::a"])
        Thing("a", shared)
        Thing("b", shared)

    assert protected(program) == {"a": False, "b": True}


def test_what_is_not_protected_stays_so(protected: Recorded) -> None:
    def program() -> None:
        lift_protection(["own:index:Thing::a"])
        Thing("a")

    assert protected(program) == {"a": False}


def test_a_plan_shows_what_the_blueprint_allows(protected: Recorded, tmp_path: Path) -> None:
    path = tmp_path / "blueprint.yaml"
    path.write_text(BLUEPRINT, encoding="utf-8")
    before = protected(lambda: build("foundation", path))
    path.write_text(f"{BLUEPRINT}{ALLOWED}", encoding="utf-8")
    now = protected(lambda: build("foundation", path))
    assert {name for name in now if now[name] != before[name]} == {"storage-data"}
    assert before["storage-data"]
    assert now["storage-logs"]
