"""Stored plans as a side."""

from __future__ import annotations

from pathlib import Path

import pytest

from stackwright.errors import InputError
from stackwright.plan.graph import Plan
from stackwright_cli.diffing.stored import stored_plans


def test_plans_are_found_by_their_environments(tmp_path: Path) -> None:
    files = []
    for name in ("prod", "dev"):
        files.append(tmp_path / f"{name}.json")
        files[-1].write_text(Plan("acme-ml", name, "aws", ()).to_json())
    assert list(stored_plans(files)) == ["prod", "dev"]


def test_two_plans_of_one_environment_are_refused(tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(Plan("acme-ml", "prod", "aws", ()).to_json())
    with pytest.raises(InputError) as caught:
        stored_plans([tmp_path / "a.json", tmp_path / "b.json"])
    assert (
        str(caught.value) == f"{tmp_path / 'b.json'}: another file holds environment prod already."
    )


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"schema": "stackwright.plan/v2", "layers": []}',
        "[" * 100_000,
        "\udcff",
    ],
)
def test_what_is_no_plan_is_wrong_input(content: str, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match="holds no plan of this version"):
        stored_plans([file])


def test_a_wrong_value_is_told_with_its_file_and_place(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    text = Plan("acme-ml", "prod", "aws", ()).to_json()
    file.write_text(text.replace('"name": "acme-ml"', '"name": 5'))
    with pytest.raises(InputError) as caught:
        stored_plans([file])
    assert str(caught.value) == f"{file}: name: Input should be a valid string."


def test_every_wrong_file_is_listed(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        stored_plans([tmp_path / "a.json", tmp_path / "b.json"])
    assert [problem.file for problem in caught.value.problems] == [
        str(tmp_path / "a.json"),
        str(tmp_path / "b.json"),
    ]
