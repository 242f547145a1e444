"""Paths that a template may make."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackwright_cli.projects.paths import clashes, segment_problem


@pytest.mark.parametrize("segment", ["a", ".gitignore", "a.b", "a b", "a-b_c", "@{}=%'", "x" * 255])
def test_a_plain_name_is_a_name(segment: str) -> None:
    assert segment_problem(segment) == ""


@pytest.mark.parametrize(
    ("segment", "said"),
    [
        ("", "is no name"),
        (".", "is no name"),
        ("..", "is no name"),
        ("a/b", "holds a sign"),
        ("a\\b", "holds a sign"),
        ("a\0", "holds a sign"),
        ("a\n", "holds a sign"),
        ("c:", "holds a sign"),
        ("a?", "holds a sign"),
        ("é", "holds a sign"),
        ("a\u202e", "holds a sign"),
        ("a.", "ends with a dot"),
        ("a ", "ends with a dot or a space"),
        ("...", "ends with a dot"),
        ("con", "device on Windows"),
        ("NUL.txt", "device on Windows"),
        ("Com1 .a", "device on Windows"),
        ("x" * 256, "longer than 255"),
    ],
)
def test_what_some_system_takes_for_something_else_is_refused(segment: str, said: str) -> None:
    assert said in segment_problem(segment)


@given(st.text())
def test_no_name_that_is_accepted_leaves_its_folder(segment: str) -> None:
    if not segment_problem(segment):
        assert Path("/root/project", segment).resolve() == Path(f"/root/project/{segment}")
        assert PureWindowsPath(segment).parts == (segment,)


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        (["a", "A"], "a and A differ in capitals only"),
        (["d/a", "D/b"], "d and D differ in capitals only"),
        (["a", "a/b"], "a is a file and a folder"),
        (["A", "a/b"], "A is a file and a folder"),
    ],
)
def test_paths_that_cannot_stand_beside_each_other_are_found(paths: list[str], said: str) -> None:
    assert list(clashes(paths)) == [said]


def test_paths_of_one_folder_do_not_clash() -> None:
    assert list(clashes(["a/b", "a/c", "ab", "a.b"])) == []
