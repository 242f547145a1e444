"""Which calls stand in one place only, and how a call elsewhere is found.

`.apply` of an Output is in `outputs.py` alone, because a plan cannot follow a function. Printing
and leaving the process are in `console.py`, because only the command talks to people.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def applies(root: Path) -> list[str]:
    """The recorder stands in for Pulumi itself; a report has no Outputs, only its own `.apply`."""
    library = "components/stackwright"
    allowed = (f"{library}/outputs.py:", f"{library}/plan/", f"{library}/report/")
    return [
        place
        for place, name in calls(root, "components")
        if name.endswith(".apply") and not place.startswith(allowed)
    ]


def speaks_or_leaves(root: Path) -> list[str]:
    """The launcher is a program of its own, and leaves as one."""
    allowed = ("cli/stackwright_cli/console.py:", "components/stackwright/engine/launcher.py:")
    forbidden = {"print", "exit", "quit", "sys.exit", "os._exit", "SystemExit"}
    return [
        place
        for place, name in calls(root, "components", "cli", "stacks")
        if name in forbidden and not place.startswith(allowed)
    ]


def calls(root: Path, *folders: str) -> Iterator[tuple[str, str]]:
    """Yield where each call stands, as `file:line`, and the name that is called."""
    for folder in folders:
        for file in sorted((root / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    place = f"{file.relative_to(root).as_posix()}:{node.lineno}"
                    yield place, ast.unparse(node.func)


RULES: list[tuple[Callable[[Path], list[str]], str, str]] = [
    (applies, "components/stackwright/storage/s3/component.py", "arn = bucket.arn.apply(str)\n"),
    (applies, "components/stackwright/kubernetes/object.py", "x = Output.all(a, b).apply(join)\n"),
    (speaks_or_leaves, "components/stackwright/program.py", "print('planned')\n"),
    (speaks_or_leaves, "cli/stackwright_cli/commands/plan.py", "import sys\n\nsys.exit(3)\n"),
    (speaks_or_leaves, "stacks/platform/__main__.py", "raise SystemExit('no')\n"),
]


@pytest.mark.parametrize("rule", [applies, speaks_or_leaves])
def test_no_such_call_is_in_the_sources(rule: Callable[[Path], list[str]]) -> None:
    assert rule(ROOT) == []


@pytest.mark.parametrize(("rule", "file", "source"), RULES)
def test_a_planted_call_is_found(
    rule: Callable[[Path], list[str]], file: str, source: str, tmp_path: Path
) -> None:
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(source, encoding="utf-8")
    assert rule(tmp_path) == [f"{file}:{len(source.splitlines())}"]


@pytest.mark.parametrize(
    ("rule", "file", "source"),
    [
        (applies, "components/stackwright/outputs.py", "text = value.apply(str)\n"),
        (speaks_or_leaves, "cli/stackwright_cli/console.py", "import sys\n\nsys.exit(0)\n"),
    ],
)
def test_the_one_place_is_allowed(
    rule: Callable[[Path], list[str]], file: str, source: str, tmp_path: Path
) -> None:
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(source, encoding="utf-8")
    assert rule(tmp_path) == []
