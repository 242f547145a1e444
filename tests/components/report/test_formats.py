from __future__ import annotations

import dataclasses
import random
import subprocess
import sys

import pytest

from stackwright.errors import UnknownName
from stackwright.plan.graph import Plan
from stackwright.report.formats import FORMATS, render


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_shows_the_same_plan_the_same_way(name: str, sample: Plan) -> None:
    assert render(Plan.from_json(sample.to_json()), name) == render(sample, name)


@pytest.mark.parametrize("name", FORMATS)
def test_the_order_of_keys_changes_nothing(name: str, sample: Plan) -> None:
    def shuffled(value: object) -> object:
        if isinstance(value, dict):
            keys = list(value)
            random.Random(7).shuffle(keys)
            return {key: shuffled(value[key]) for key in keys}
        return value

    layers = tuple(
        dataclasses.replace(
            layer,
            resources=tuple(
                dataclasses.replace(resource, inputs=shuffled(resource.inputs))  # type: ignore[arg-type]
                for resource in layer.resources
            ),
        )
        for layer in sample.layers
    )
    assert render(dataclasses.replace(sample, layers=layers), name) == render(sample, name)


@pytest.mark.parametrize("name", FORMATS)
def test_a_plan_of_nothing_is_shown(name: str) -> None:
    assert isinstance(render(Plan("empty", "dev", "aws", ()), name), str)


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "json"])
def test_no_format_writes_a_control_or_direction_character(name: str, sample: Plan) -> None:
    shown = render(sample, name)
    assert not {"\x1b", "\u202e"} & set(shown)


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "json"])
def test_the_value_of_a_secret_is_in_no_report(name: str, sample: Plan, secret: str) -> None:
    assert secret not in render(sample, name)


def test_an_unknown_format_is_refused_with_the_known_ones(tiny: Plan) -> None:
    with pytest.raises(UnknownName, match=r"'pdf'.*text, json, markdown, mermaid, html"):
        render(tiny, "pdf")


def test_no_format_imports_pulumi_and_text_imports_little() -> None:
    program = (
        "import sys\n"
        "from stackwright.plan.graph import Plan\n"
        "from stackwright.report.formats import FORMATS, render\n"
        "render(Plan('n', 'e', 't', ()), 'text')\n"
        "print(*sorted({'yaml', 'rich', 'html', 'stackwright.report.html'} & set(sys.modules)))\n"
        "for name in FORMATS: render(Plan('n', 'e', 't', ()), name)\n"
        "print(*sorted({'pulumi', 'pydantic', 'jinja2', 'rich'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "\n\n"


def test_only_a_text_knows_how_wide_the_terminal_is(sample: Plan) -> None:
    assert render(sample, "text", 80) != render(sample, "text", 100)
    assert render(sample, "markdown", 80) == render(sample, "markdown")
