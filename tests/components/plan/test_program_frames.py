from __future__ import annotations

import json
from pathlib import Path

import pulumi
import pytest

from stackwright.plan import program_frames


def test_the_place_is_the_innermost_line_of_the_program() -> None:
    try:
        json.loads("no json")
    except ValueError as error:
        place = program_frames.raised_at(error)
    assert place is not None
    assert place[0] == __file__
    assert (
        place[1] == test_the_place_is_the_innermost_line_of_the_program.__code__.co_firstlineno + 2
    )


@pytest.mark.parametrize(
    "name",
    [
        pulumi.__file__,
        program_frames.__file__,
        json.__file__,
        "<string>",
        "/env/lib/python3/site-packages/pulumi_aws/s3/bucket.py",
    ],
)
def test_files_of_the_sdk_and_of_python_are_not_the_program(name: str) -> None:
    assert not program_frames.is_program_file(name)


@pytest.mark.parametrize("name", [__file__, "/env/lib/python3/site-packages/acme/component.py"])
def test_other_files_are_the_program(name: str) -> None:
    assert program_frames.is_program_file(name)


def test_a_place_is_shown_relative_to_the_program(tmp_path: Path) -> None:
    inside = (str(tmp_path / "stacks" / "main.py"), 7)
    assert program_frames.shown(inside, str(tmp_path)) == "stacks/main.py:7"
    assert program_frames.shown(("/elsewhere/main.py", 7), str(tmp_path)) == "main.py:7"
    assert program_frames.shown(None, str(tmp_path)) == ""
