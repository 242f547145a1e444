"""What a project remembers of its making."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from tests.templates.support import small

from stackwright.errors import InputError
from stackwright_cli.projects.answers import Answering
from stackwright_cli.projects.creation import render_project
from stackwright_cli.projects.records import (
    BASE_FILE,
    LARGEST_BASE,
    LOCK_FILE,
    base_text,
    read_lock,
)
from stackwright_cli.projects.renderer import RenderedFile

TEMPLATE = small()
PROJECT = render_project(TEMPLATE, Answering(TEMPLATE).answers(["project_slug=churn"], None))


def text_of(path: str) -> str:
    return PROJECT.files[path].content.decode()


def test_the_lock_names_template_answers_wiring_and_files() -> None:
    lock = json.loads(text_of(LOCK_FILE))
    assert list(lock) == ["answers", "files", "schema", "template", "wiring"]
    assert lock["schema"] == "stackwright.lock/v1"
    assert lock["template"] == {
        "digest": TEMPLATE.digest,
        "name": "small",
        "version": "1.0.0",
    }
    assert lock["answers"]["package_name"] == "churn"
    assert lock["answers"]["workers"] == 2
    assert lock["answers"]["guide"] is True
    assert lock["wiring"] == {
        "ExperimentTracker": {"uri": "required"},
        "ObjectStore": {"data_url": "required", "region": "optional"},
    }
    assert set(lock["files"]) == set(PROJECT.files) - {LOCK_FILE, BASE_FILE}


def test_the_lock_tells_hash_mode_and_owner_of_each_file() -> None:
    files = json.loads(text_of(LOCK_FILE))["files"]
    readme = hashlib.sha256(PROJECT.files["README.md"].content).hexdigest()
    assert files["README.md"] == {"sha256": readme, "mode": "100644", "owner": "yours"}
    assert files["scripts/run"]["mode"] == "100755"
    assert files["src/churn/__init__.py"]["owner"] == "yours"
    assert files["pyproject.toml"]["owner"] == "managed"


def test_the_base_has_every_text_but_those_of_locks_and_binary_files() -> None:
    base = json.loads(text_of(BASE_FILE))
    assert base["schema"] == "stackwright.base/v1"
    assert base["files"]["README.md"] == {"text": text_of("README.md")}
    hashed = {path for path, entry in base["files"].items() if list(entry) == ["sha256"]}
    assert hashed == {"docs/logo.png", "small.lock"}
    assert set(base["files"]) == set(PROJECT.files) - {LOCK_FILE, BASE_FILE}


@pytest.mark.parametrize(("size", "key"), [(LARGEST_BASE, "text"), (LARGEST_BASE + 1, "sha256")])
def test_the_base_has_a_large_file_by_its_hash(size: int, key: str) -> None:
    base = json.loads(base_text(TEMPLATE, {"a": RenderedFile(b"x" * size, "100644")}))
    assert list(base["files"]["a"]) == [key]


def test_a_lock_is_read_back(tmp_path: Path) -> None:
    (tmp_path / LOCK_FILE).write_text(text_of(LOCK_FILE), encoding="utf-8")
    lock = read_lock(tmp_path)
    assert lock.template.digest == TEMPLATE.digest
    assert lock.answers["project_slug"] == "churn"
    assert lock.wiring["ObjectStore"]["region"] == "optional"
    assert lock.files["scripts/run"].mode == "100755"


def test_without_a_lock_it_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_lock(tmp_path)


@pytest.mark.parametrize(
    ("before", "after", "places"),
    [
        ("{", "[", [""]),
        ("stackwright.lock/v1", "stackwright.lock/v2", ["schema"]),
        ('"template"', '"templates"', ["template", "templates"]),
        ("sha256:", "md5:", ["template.digest"]),
        ('"required"', '"perhaps"', ["wiring.ExperimentTracker.uri"]),
        ('"100755"', '"104755"', ["files.scripts/run.mode"]),
        ("}\n", "}\n<<<<<<< HEAD\n", [""]),
    ],
)
def test_an_edited_lock_is_refused_with_every_place(
    before: str, after: str, places: list[str], tmp_path: Path
) -> None:
    text = text_of(LOCK_FILE)
    assert before in text
    (tmp_path / LOCK_FILE).write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_lock(tmp_path)
    assert [problem.path for problem in caught.value.problems] == places
