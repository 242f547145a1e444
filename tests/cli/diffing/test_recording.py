"""The plans of both sides, made in one process."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.cli.diffing.conftest import BLUEPRINT, Repo

from stackwright.errors import InputError, PlanError
from stackwright.plan.graph import Plan
from stackwright_cli.diffing.loading import load
from stackwright_cli.diffing.places import head_place
from stackwright_cli.diffing.recording import plans

PROGRAM = """\
from pathlib import Path
import pulumi
import stackwright
import helper

platform = stackwright.build("foundation")
pulumi.export("said", helper.SAID)
pulumi.export("file", str(Path(__file__).parent / "data.txt"))
pulumi.export("address", "https://example.com" + str(Path(__file__).parents[2]) + "/x")
"""


def write(folder: Path, said: str) -> Path:
    """Write a platform whose program has a module of its own."""
    program = folder / "stacks" / "foundation"
    program.mkdir(parents=True)
    (folder / "blueprint.yaml").write_text(BLUEPRINT)
    (program / "__main__.py").write_text(PROGRAM)
    (program / "helper.py").write_text(f"SAID = {said!r}\n")
    return folder


def planned(folder: Path, role: str = "base") -> dict[str, Plan]:
    with ExitStack() as open_:
        side = load(role, head_place(str(folder), Path("blueprint.yaml"), open_))
        return plans(side, ("dev", "prod"), lambda _: None)


def test_each_side_imports_its_own_modules(tmp_path: Path) -> None:
    base = planned(write(tmp_path / "base", "before"))
    head = planned(write(tmp_path / "head", "after"), "head")
    assert [plan.layers[0].outputs["said"] for plan in base.values()] == ["before", "before"]
    assert [plan.layers[0].outputs["said"] for plan in head.values()] == ["after", "after"]
    assert "helper" not in sys.modules


def test_the_place_of_a_side_is_no_difference(tmp_path: Path) -> None:
    base = planned(write(tmp_path / "base", "same"))["dev"].layers[0].outputs
    head = planned(write(tmp_path / "a-longer-name", "same"))["dev"].layers[0].outputs
    assert base["file"] == head["file"] == "stacks/foundation/data.txt"
    assert base["address"] == f"https://example.com{tmp_path}/base/x"


def test_a_program_reads_the_files_of_its_own_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for side in ("base", "head"):
        folder = write(tmp_path / side, "same")
        (folder / "count").write_text(side)
        with (folder / "stacks/foundation/__main__.py").open("a") as program:
            program.write("pulumi.export('count', Path('../../count').read_text())\n")
    monkeypatch.chdir(tmp_path / "head/stacks/foundation")
    for side in ("base", "head"):
        assert planned(tmp_path / side)["dev"].layers[0].outputs["count"] == side


def test_what_a_program_does_to_the_process_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = write(tmp_path / "base", "same")
    with (folder / "stacks/foundation/__main__.py").open("a") as program:
        program.write("import os\nos.environ['SAID'] = 'x'\nos.chdir('/')\n")
    planned(Path("base"))
    assert Path.cwd() == tmp_path
    assert "SAID" not in os.environ


def test_nothing_is_written_into_the_folder(tmp_path: Path) -> None:
    folder = write(tmp_path / "base", "same")
    before = sorted(folder.rglob("*"))
    planned(folder)
    assert sorted(folder.rglob("*")) == before


def test_only_the_wanted_environments_are_planned(tmp_path: Path) -> None:
    (tmp_path / "blueprint.yaml").write_text(BLUEPRINT)
    with ExitStack() as open_:
        side = load("head", head_place(str(tmp_path), Path("blueprint.yaml"), open_))
    told: list[str] = []
    assert list(plans(side, ("prod", "gone"), told.append)) == ["prod"]
    assert told == ["head: prod foundation"]


def test_a_program_that_fails_names_its_side(tmp_path: Path) -> None:
    folder = write(tmp_path / "base", "same")
    (folder / "stacks/foundation/helper.py").write_text("1 / 0\n")
    with pytest.raises(PlanError, match=r"^base: stacks/foundation/helper\.py:1: ZeroDivision"):
        planned(folder)


def test_a_blueprint_that_is_wrong_names_its_side(repo: Repo) -> None:
    repo.commit({"ml/blueprint.yaml": BLUEPRINT.replace("s3", "s4")})
    with pytest.raises(InputError) as caught:
        planned(repo.root / "ml", "head")
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("head: ml/blueprint.yaml", 4)


def test_a_blueprint_for_another_version_says_how_to_compare(tmp_path: Path) -> None:
    (tmp_path / "blueprint.yaml").write_text('requires: ">=99"\n' + BLUEPRINT)
    with pytest.raises(InputError) as caught:
        planned(tmp_path)
    (problem,) = caught.value.problems
    assert problem.hint.startswith("Plan it with its own version (stackwright plan --format json")
