"""`stackwright schema`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stackwright_cli import main


def test_it_prints_json_schema_2020_12(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "tracking" in schema["properties"]


def test_it_is_written_to_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "-o", "schema.json"]) == 0
    assert capsys.readouterr() == ("", "Wrote schema.json.\n")
    assert json.loads((folder / "schema.json").read_text(encoding="utf-8"))["type"] == "object"


def test_a_folder_is_not_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "schema.json").mkdir()
    assert main(["schema", "-o", "schema.json"]) == 2
    assert capsys.readouterr().err == (
        "error: schema.json: is a folder. Name a file to write.\n1 problem.\n"
    )
