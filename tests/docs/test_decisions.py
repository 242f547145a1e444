"""The decision records: complete, numbered and listed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "decisions"
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))


def test_the_index_lists_every_record_with_its_title_and_status() -> None:
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| \[(.+)\]\((.+)\) \| (.+) \|$", index, re.MULTILINE)
    assert listed == [(title(file), file.name, status(file)) for file in RECORDS]


def test_records_are_numbered_without_a_gap() -> None:
    assert [int(file.name[:4]) for file in RECORDS] == list(range(1, len(RECORDS) + 1))


@pytest.mark.parametrize("record", RECORDS, ids=lambda file: str(file.stem))
def test_a_record_has_the_headings_and_fits_one_screen(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings == ["Question", "Answers considered", "Chosen", "Cost"]
    assert title(record).startswith(f"{record.name[:4]}: ")
    assert re.fullmatch(r"proposed|accepted|replaced by \d{4}", status(record))
    assert len(text.splitlines()) <= 60


def title(record: Path) -> str:
    return record.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")


def status(record: Path) -> str:
    found = re.search(r"^Status: (.+)$", record.read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    return found[1]
