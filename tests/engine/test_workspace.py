"""A copy of an example deploys: nothing in it is an example any more."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml
from tests.engine.workspace import copy_example, environments

from stackwright.environment import load_environment

MIRROR = "http://127.0.0.1:12345"


@pytest.mark.parametrize(
    ("example", "environment"), environments(), ids=map("-".join, environments())
)
def test_a_copy_holds_no_example_value_and_takes_charts_from_the_mirror(
    example: str, environment: str, tmp_path: Path
) -> None:
    copied = load_environment(copy_example(example, tmp_path, MIRROR), environment)
    assert copied.examples() == ()
    assert copied.scope["chart_mirror"] == MIRROR


def test_a_copied_program_runs_with_this_interpreter(tmp_path: Path) -> None:
    copy_example("aws-starter", tmp_path, MIRROR)
    text = (tmp_path / "stacks" / "foundation" / "Pulumi.yaml").read_text(encoding="utf-8")
    project = yaml.safe_load(text)
    assert project["name"] == "acme-ml-foundation"
    if sys.prefix != sys.base_prefix:
        python = Path(project["runtime"]["options"]["virtualenv"]) / "bin" / "python"
        assert python.samefile(sys.executable)
