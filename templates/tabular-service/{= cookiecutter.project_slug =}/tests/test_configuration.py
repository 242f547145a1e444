"""YAML files of people are read with one meaning, and all that is wrong is said at once."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from {= cookiecutter.package_name =}.configuration import (
    parse_configuration,
    read_configuration,
)
from {= cookiecutter.package_name =}.data.contract import DataContract
from {= cookiecutter.package_name =}.errors import InputError
from {= cookiecutter.package_name =}.settings import Settings


class Anything(BaseModel):
    model_config = ConfigDict(extra="allow")


def problems(text: str, model: type[BaseModel] = Settings) -> list[str]:
    with pytest.raises(InputError) as raised:
        parse_configuration(text, model, "f.yaml")
    return list(raised.value.problems)


def read(text: str) -> dict[str, object]:
    return parse_configuration(text, Anything, "f.yaml").model_dump()


def test_every_problem_is_named_with_its_line_and_path() -> None:
    found = problems(
        "trainign: {seed: 1}\n"
        "training:\n"
        "  model: logistik\n"
        "  seed: '5'\n"
        "gate: {minimum_auc: 3, maximum_dropp_from_champion: 0.1}\n"
    )
    assert found == [
        "f.yaml:4: training.seed: input should be a valid integer",
        "f.yaml:3: training.model: input should be 'logistic' or 'gradient-boosting'",
        "f.yaml:5: gate.minimum_auc: input should be less than or equal to 1",
        "f.yaml:5: gate.maximum_dropp_from_champion: no such key;"
        " did you mean maximum_drop_from_champion?",
        "f.yaml:1: trainign: no such key; did you mean training?",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb:\n  a: 1\n  a: 2\n", "f.yaml:4: b.a: is there twice, first on line 3"),
        ("a: &x 1\nb: *x\n", "f.yaml:1: anchors and aliases are not read; write it out"),
        ("a: !!python/name:os.system x\n", "f.yaml:1: the tag tag:yaml.org,2002:python/name:"),
        ("a: !!set {b}\n", "f.yaml:1: the tag tag:yaml.org,2002:set is not read; remove it"),
        ("1: a\n", "f.yaml:1: : a key must be text; put it in quotes"),
        ("a: [1\nb: 2\n", "f.yaml:2: not YAML:"),
        ("a: 1\n---\nb: 2\n", "f.yaml:2: not YAML: but found another document"),
        ("\t- a\n", "f.yaml:1: not YAML:"),
        ("a: \x07\n", "f.yaml: not YAML:"),
        ("[" * 50 + "]" * 50, "f.yaml:1: more than 20 levels deep"),
        ("a: " + "9" * 5000, "f.yaml: not YAML:"),
        ("- a\n", "f.yaml: input should be a valid dictionary"),
    ],
)
def test_yaml_of_more_than_one_meaning_is_refused(text: str, expected: str) -> None:
    assert any(problem.startswith(expected) for problem in problems(text, Anything))


def test_only_true_and_false_are_truth_values_and_only_decimals_are_numbers() -> None:
    text = "{a: yes, b: off, c: true, d: 010, e: 1_0, f: 1:30, g: 2026-01-01, h: 1e3, i: ~, j: .5}"
    assert read(text) == {
        "a": "yes",
        "b": "off",
        "c": True,
        "d": "010",
        "e": "1_0",
        "f": "1:30",
        "g": "2026-01-01",
        "h": 1000.0,
        "i": None,
        "j": ".5",
    }


written = st.characters(categories=["L", "M", "N", "P", "S"]) | st.just(" ")
scalars = (
    st.none()
    | st.booleans()
    | st.integers(min_value=-(10**18), max_value=10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(written)
)
keys = st.text(written, min_size=1)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(keys, values, max_size=4))
def test_json_reads_as_the_values_it_was_written_from(data: dict[str, object]) -> None:
    text = json.dumps(data, ensure_ascii=False)
    assert read(text) == data


@given(st.text(max_size=200))
def test_no_text_ends_in_anything_but_values_or_problems(text: str) -> None:
    with suppress(InputError):
        parse_configuration(text, Settings, "f.yaml")


def test_a_file_that_is_not_there_or_not_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"f\.yaml: is not there"):
        read_configuration(tmp_path / "f.yaml", Settings)
    (tmp_path / "f.yaml").write_bytes(b"a: \xff")
    with pytest.raises(InputError, match=r"f\.yaml: not UTF-8 at byte 3"):
        read_configuration(tmp_path / "f.yaml", Settings)
    (tmp_path / "f.yaml").write_bytes(b"#" * (1024 * 1024 + 1))
    with pytest.raises(InputError, match="larger than 1 MiB"):
        read_configuration(tmp_path / "f.yaml", Settings)


def test_the_configuration_of_the_project_is_valid() -> None:
    folder = Path(__file__).resolve().parents[1] / "configuration"
    read_configuration(folder / "project.yaml", Settings)
    read_configuration(folder / "data.yaml", DataContract)


def test_the_shipped_settings_are_the_defaults() -> None:
    file = Path(__file__).resolve().parent / "configuration" / "project.yaml"
    assert read_configuration(file, Settings) == Settings()
    shipped = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert shipped == Settings().model_dump()
