"""Small templates in an empty folder, for the tests of the machinery."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from stackwright_cli.projects.template import JINJA_SETTINGS, ROOT

MANIFEST = """\
title: Tiny
summary: A tiny template.
version: 1.0.0
questions:
  project_slug: {kind: slug, prompt: Name}
  note: {kind: text, prompt: Note, maximum: 40}
"""

SETTINGS: Mapping[str, Any] = {
    "project_slug": "tiny",
    "note": "Nothing",
    "_jinja2_env_vars": JINJA_SETTINGS,
}

Write = Callable[..., Path]


@pytest.fixture
def template_folder(tmp_path: Path) -> Write:
    """Return what writes a template: its files, and changes of its settings and manifest."""

    def write(
        files: Mapping[str, str | bytes], manifest: str = MANIFEST, **settings: object
    ) -> Path:
        folder = tmp_path / "tiny"
        root = folder / ROOT
        root.mkdir(parents=True)
        (folder / "template.yaml").write_text(manifest, encoding="utf-8")
        text = json.dumps({**SETTINGS, **settings})
        (folder / "cookiecutter.json").write_text(text, encoding="utf-8")
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return folder

    return write
