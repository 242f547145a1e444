"""Files that decide what is deployed, and what is said when they change."""

from __future__ import annotations

from pathlib import Path

import pytest

from stackwright.engine.proposal import Refused
from stackwright.engine.sources import require_unchanged, sources


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    program = tmp_path / "stacks" / "platform"
    program.mkdir(parents=True)
    (tmp_path / "blueprint.yaml").write_text("name: acme\n", encoding="utf-8")
    (program / "__main__.py").write_text("pass\n", encoding="utf-8")
    (program / "Pulumi.yaml").write_text("name: acme-platform\n", encoding="utf-8")
    return tmp_path


def test_what_is_as_it_was_is_no_reason_to_refuse(folder: Path) -> None:
    before = sources(folder)
    (folder / "stacks/platform/Pulumi.prod.yaml").write_text("encryptionsalt: x\n")
    require_unchanged(before, folder)


def test_every_file_that_changed_came_or_went_is_named(folder: Path) -> None:
    before = sources(folder)
    (folder / "blueprint.yaml").write_text("name: other\n", encoding="utf-8")
    (folder / "stacks/platform/__main__.py").unlink()
    (folder / "stacks/platform/more.py").write_text("pass\n", encoding="utf-8")
    named = r"blueprint\.yaml, stacks/platform/__main__\.py, stacks/platform/more\.py changed"
    with pytest.raises(Refused, match=named):
        require_unchanged(before, folder)
