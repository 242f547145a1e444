"""One plan for both sides, only where both must be the same."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.cli.diffing.conftest import BLUEPRINT

from stackwright.plan.graph import Plan
from stackwright_cli.diffing.loading import LoadedSide, load
from stackwright_cli.diffing.places import head_place
from stackwright_cli.diffing.recording import plans
from stackwright_cli.diffing.reuse import known_plans


def side(folder: Path, text: str) -> LoadedSide:
    folder.mkdir()
    (folder / "blueprint.yaml").write_text(text)
    with ExitStack() as open_:
        return load("base", head_place(str(folder), Path("blueprint.yaml"), open_))


PLANS = {name: Plan("acme-ml", name, "aws", ()) for name in ("dev", "prod")}


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("name:", "# A comment.\nname:", ["dev", "prod"]),
        ("  prod: {}", "  prod: {storage: {noncurrent_version_days: 7}}", ["dev"]),
        ("  dev: {profile: development}\n", "", ["prod"]),
        ("  prod: {}", "  prod: {}\n  more: {}", ["dev", "prod"]),
        ("{kind: s3}", "{kind: s3, noncurrent_version_days: 90}", []),
        ("  prod: {}", "  prod: {labels: {a: b}}", ["dev"]),
    ],
)
def test_an_environment_that_both_sides_say_alike_is_planned_once(
    old: str, new: str, same: list[str], tmp_path: Path
) -> None:
    assert BLUEPRINT.count(old) == 1
    base = side(tmp_path / "base", BLUEPRINT)
    head = side(tmp_path / "head", BLUEPRINT.replace(old, new))
    assert list(known_plans(base, head, PLANS)) == same


def test_a_reused_plan_is_the_one_that_would_be_made(tmp_path: Path) -> None:
    base = side(tmp_path / "base", BLUEPRINT)
    head = side(tmp_path / "head", BLUEPRINT.replace("  prod: {}", "  prod: {labels: {a: b}}"))
    names = ("dev", "prod")
    made = plans(base, names, lambda _: None)
    told: list[str] = []
    reused = plans(head, names, told.append, known_plans(base, head, made))
    assert reused == plans(head, names, lambda _: None)
    assert told == ["base: prod foundation"]


@pytest.mark.parametrize("where", ["base", "head"])
def test_where_a_program_may_read_any_file_every_side_is_planned(
    where: str, tmp_path: Path
) -> None:
    both = side(tmp_path / "base", BLUEPRINT), side(tmp_path / "head", BLUEPRINT)
    (tmp_path / where / "stacks").mkdir()
    assert known_plans(*both, PLANS) == {}
