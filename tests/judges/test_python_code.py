"""The Python of a project, as bandit reads it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.judges.support import asked, judge

ACCEPTED = {
    "B101": "an assert tells the type checker what the lines above made sure of; none guards input",
    "B311": "random numbers spread the workers' clean-up and choose sample rows; none is a secret",
    "B404": "a project starts programs: git for the commit, its own workers, its own retraining",
    "B603": "each is a fixed list of words without a shell; ruff's S603 asks for a reason in place",
}
"""Findings that are right and wanted, all of low severity: test, and why."""

PLANTED = {
    "B301": "import pickle\n\n\ndef load(data: bytes) -> object:\n    return pickle.loads(data)\n",
    "B506": "import yaml\n\n\ndef read(text: str) -> object:\n    return yaml.load(text)\n",
    "B602": "import subprocess\n\n\ndef run(text: str) -> None:\n"
    "    subprocess.run(text, shell=True)  # nosec\n",
}


def findings(folder: Path) -> dict[str, set[str]]:
    """Return the tests that fail, with severity and place; comments silence nothing."""
    command = [judge("bandit"), "--recursive", "--ignore-nosec", "--quiet", "--format", "json"]
    report = json.loads(asked([*command, str(folder)], folder.parent, codes=(0, 1)))
    assert report["errors"] == []
    assert report["metrics"]["_totals"]["loc"] > 0
    found: dict[str, set[str]] = {}
    for item in report["results"]:
        place = f"{item['issue_severity']} {Path(item['filename']).name}:{item['line_number']}"
        found.setdefault(item["test_id"], set()).add(place)
    return found


def test_bandit_finds_nothing_but_what_is_accepted(project: Path) -> None:
    found = findings(project / "src")
    assert {test: places for test, places in found.items() if test not in ACCEPTED} == {}


def test_nothing_accepted_is_more_than_of_low_severity(project: Path) -> None:
    places = set().union(*findings(project / "src").values())
    assert {place for place in places if not place.startswith("LOW ")} == set()


def test_what_is_accepted_is_still_found(projects: dict[str, Path]) -> None:
    assert set(ACCEPTED) - set(findings(projects["everyday"] / "src")) == set()


@pytest.mark.parametrize("test", PLANTED)
def test_bandit_finds_a_planted_fault(tmp_path: Path, test: str) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "module.py").write_text(PLANTED[test], encoding="utf-8")
    places = findings(tmp_path / "src")[test]
    assert any(not place.startswith("LOW ") for place in places)
