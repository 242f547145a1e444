from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from benchmarks.cases import ANSWERS, rendering_cases
from benchmarks.rendering import compared, convert, missing, project_files, run_case, workplace
from jinja2 import Environment, StrictUndefined

DELIMITERS = {"variable_start_string": "{=", "variable_end_string": "=}"}
SETTINGS: dict[str, Any] = {
    "project_slug": "first",
    "package_name": "{= cookiecutter.project_slug.replace('-', '_') =}",
    "ci": ["github", "none"],
    "guide": True,
    "__github": "{% if cookiecutter.ci == 'github' %}yes{% endif %}",
    "_copy_without_render": [],
    "_jinja2_env_vars": DELIMITERS,
}


def template(folder: Path, files: dict[str, str], **settings: Any) -> Path:
    root = folder / "template"
    for path, content in files.items():
        file = root / "{= cookiecutter.project_slug =}" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    text = json.dumps(SETTINGS | settings)
    (root / "cookiecutter.json").write_text(text, encoding="utf-8")
    return root


def peers(folder: Path, **scripts: str) -> str:
    for name, script in scripts.items():
        file = folder / "peers" / "bin" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"#!/bin/sh\nset -eu\n{script}\n", encoding="utf-8")
        file.chmod(0o755)
    return str(folder / "peers")


def test_the_questions_become_copier_s_own(tmp_path: Path) -> None:
    convert(template(tmp_path, {"a": ""}), tmp_path / "copier")
    assert json.loads((tmp_path / "copier" / "copier.yml").read_text(encoding="utf-8")) == {
        "_subdirectory": "project",
        "_templates_suffix": "",
        "_envops": DELIMITERS,
        "project_slug": {"type": "str", "default": "first"},
        "package_name": {"type": "str", "default": "{= project_slug.replace('-', '_') =}"},
        "ci": {"type": "str", "default": "github", "choices": ["github", "none"]},
        "guide": {"type": "bool", "default": True},
        "derived_github": {
            "type": "str",
            "default": "{% if ci == 'github' %}yes{% endif %}",
            "when": False,
        },
    }


def test_variables_are_renamed_in_marks_and_nowhere_else(tmp_path: Path) -> None:
    files = {
        "src/{= cookiecutter.package_name =}/a.py": "'cookiecutter.ci' # {= cookiecutter.ci =}\n",
        "{% if cookiecutter.__github %}b{% endif %}": "${{ cookiecutter.ci }}\n",
    }
    convert(template(tmp_path, files), tmp_path / "copier")
    assert project_files(tmp_path / "copier" / "project") == {
        "src/{= package_name =}/a.py": b"'cookiecutter.ci' # {= ci =}\n",
        "{% if derived_github %}b{% endif %}": b"${{ cookiecutter.ci }}\n",
    }


def test_a_converted_file_renders_to_the_same_text(tmp_path: Path) -> None:
    text = "{% if cookiecutter.__github %}{= cookiecutter.package_name | tojson =}{% endif %}"
    convert(template(tmp_path, {"a": text}), tmp_path / "copier")
    engine = Environment(
        undefined=StrictUndefined,
        autoescape=True,
        variable_start_string="{=",
        variable_end_string="=}",
    )
    before = {"package_name": "first", "__github": "yes"}
    converted = (tmp_path / "copier" / "project" / "a").read_text(encoding="utf-8")
    assert (
        engine.from_string(converted).render(package_name="first", derived_github="yes")
        == engine.from_string(text).render(cookiecutter=before)
        == '"first"'
    )


def test_a_script_stays_one_that_can_be_run(tmp_path: Path) -> None:
    root = template(tmp_path, {"run": "#!/bin/sh\n"})
    (root / "{= cookiecutter.project_slug =}" / "run").chmod(0o755)
    convert(root, tmp_path / "copier")
    assert (tmp_path / "copier" / "project" / "run").stat().st_mode & 0o111 == 0o111


def test_what_copier_cannot_express_is_said(tmp_path: Path) -> None:
    root = template(tmp_path, {"a": ""}, _copy_without_render=["*.png"])
    with pytest.raises(RuntimeError, match="_copy_without_render"):
        convert(root, tmp_path / "copier")


def test_the_files_of_the_one_project_in_a_folder_are_found(tmp_path: Path) -> None:
    project = tmp_path / "out" / "first"
    (project / ".stackwright").mkdir(parents=True)
    (project / ".stackwright" / "base.json").write_text("{}", encoding="utf-8")
    (project / "stackwright.lock").write_text("{}", encoding="utf-8")
    (project / "README.md").write_text("# First\n", encoding="utf-8")
    assert project_files(tmp_path / "out") == {"README.md": b"# First\n"}


@pytest.mark.slow
def test_cookiecutter_makes_the_files_of_new_and_can_be_timed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STACKWRIGHT_PEERS", sys.prefix)
    cookiecutter = rendering_cases(tmp_path)[1]
    assert missing(cookiecutter) == []
    with workplace() as work:
        usage = run_case(rendering_cases(work)[1], work)
        assert (work / "project" / "stackwright.lock").is_file()
        assert "cookiecutter 2." in compared(work)
    assert usage.cpu_seconds > 0
    assert not work.exists()


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('mkdir -p "$3"; echo other > "$3/README.md"', "cookiecutter makes other files than `new`"),
        ("exit 1", "failed: "),
    ],
)
def test_a_peer_that_makes_another_project_is_not_timed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, expected: str
) -> None:
    monkeypatch.setenv("STACKWRIGHT_PEERS", peers(tmp_path, cookiecutter=script))
    with pytest.raises(RuntimeError, match=expected), workplace():
        raise AssertionError("the peer is wrong, and is timed")


def test_every_renderer_is_given_the_same_answers(tmp_path: Path) -> None:
    for case in rendering_cases(tmp_path):
        assert {f"{key}={value}" for key, value in ANSWERS.items()} <= set(case.command)
