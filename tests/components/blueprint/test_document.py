"""Reading a blueprint: positions, limits, and what is refused."""

from __future__ import annotations

import errno
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from stackwright.blueprint import builder
from stackwright.blueprint.document import Document, Mark, Node, merge
from stackwright.blueprint.reader import parse, read
from stackwright.errors import BlueprintError, Problem

READABLE = st.text(
    st.characters(
        exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\ufffe\uffff\ufeff"
    ),
    max_size=12,
)
SCALARS = st.one_of(READABLE, st.integers(1 - 10**18, 10**18 - 1), st.booleans(), st.none())
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(READABLE, inner, max_size=4),
    max_leaves=12,
)
KEYS = READABLE.filter(lambda key: key != "kind")
MAPPINGS = st.dictionaries(KEYS, TREES, max_size=5)


@pytest.fixture(params=["CSafeLoader", "SafeLoader"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    name = str(request.param)
    if not hasattr(yaml, name):
        pytest.skip("PyYAML has no C parser here")
    monkeypatch.setattr(builder, "_LOADER", getattr(yaml, name))
    return name


def problems(text: str | bytes) -> list[Problem]:
    with pytest.raises(BlueprintError) as caught:
        parse(text, "blueprint.yaml")
    return list(caught.value.problems)


def only(text: str | bytes) -> Problem:
    (problem,) = problems(text)
    return problem


def document(text: str) -> Document:
    return parse(text, "blueprint.yaml")


def node(value: Any) -> Node:
    found = document(json.dumps({"root": value}, ensure_ascii=False)).root.child("root")
    assert found is not None
    return found


def test_every_key_and_value_knows_where_it_stands() -> None:
    read_file = document("name: acme\npools:\n  - size: 1\n    zones: [a, b]\n")
    assert read_file.mark(("name",)) == Mark(1, 7)
    assert read_file.mark(("name",), key=True) == Mark(1, 1)
    assert read_file.mark(("pools", 0, "zones", 1)) == Mark(4, 16)
    assert read_file.mark(("pools", 0, "size"), key=True) == Mark(3, 5)


def test_what_is_not_written_has_the_position_of_the_nearest_key_above_it() -> None:
    read_file = document("name: acme\ntracking:\n  kind: mlflow\n")
    assert read_file.mark(("tracking", "replicas", "minimum")) == Mark(2, 1)
    assert read_file.mark(("serving",)) == Mark(1, 1)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None),
        ("~", None),
        ("", None),
        ("true", True),
        ("False", False),
        ("-12", -12),
        ("0o17", 15),
        ("0x1F", 31),
        ("1.50", 1.5),
        (".5e3", 500.0),
        ("1e3", 1000.0),
        ("1.2.3", "1.2.3"),
        ('"true"', "true"),
        ("'12'", "12"),
        ("10.0.0.0/16", "10.0.0.0/16"),
        ("arn:aws:iam::1:role/a", "arn:aws:iam::1:role/a"),
    ],
)
def test_plain_scalars_follow_the_core_schema_of_yaml_1_2(
    loader: str, text: str, value: object
) -> None:
    found = document(f"key: {text}\n").plain()["key"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    ["yes", "No", "ON", "off", "y", "N", "010", "089", "1:30", "1_000", "2024-01-01", "0b11"],
)
def test_a_scalar_that_yaml_versions_read_differently_is_flagged(text: str) -> None:
    child = document(f"key: {text}\n").root.child("key")
    assert child is not None
    assert child.ambiguous
    assert child.source == text
    quoted = document(f"key: '{text}'\n").root.child("key")
    assert quoted is not None
    assert not quoted.ambiguous


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "\ufeff"])
def test_an_empty_file_is_called_empty(loader: str, text: str) -> None:
    assert only(text).message == "the blueprint is empty."


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("- a\n", 1, 1, "the blueprint is a list"),
        ("text\n", 1, 1, "the blueprint is a single value"),
        ('# c\n[tool]\nname = "x"\n', 1, 1, "looks like TOML"),
        ('name = "x"\n', 1, 1, "looks like TOML"),
        ("a: 1\nb: [x, y\n", 2, 4, "the bracket that opens here"),
        ('a: "b\nc: d\n', 1, 4, "the quote that opens here"),
        ("a:\n\tb: 1\n", 2, 1, "a tab is used"),
        ("a: b: c\n", 1, 5, "a second colon"),
        ("a: 1\nword\nb: 2\n", 3, 1, "without a colon"),
        ("a: @b\n", 1, 4, "may not start with this character"),
        ("a: 1\n---\nb: 2\n", 2, 1, "a second document starts here"),
        ("%YAML 1.1\n---\na: 1\n", 1, 1, "a directive is not allowed"),
        ("a: &b 1\n", 1, 4, "anchors"),
        ("a: *b\n", 1, 4, "aliases"),
        ("<<: {a: 1}\n", 1, 1, "merge keys"),
        ("a: !!python/object:os.system x\n", 1, 4, "the tag !!python"),
        ("12: a\n", 1, 1, 'quote it: "12"'),
        ("on: a\n", 1, 1, 'quote it: "on"'),
        ("[a]: b\n", 1, 1, "a key must be text"),
        ("a: .inf\n", 1, 4, "infinity"),
        ("a: -.INF\n", 1, 4, "infinity"),
        ("a: .nan\n", 1, 4, "not-a-number"),
        ("a: 1e999\n", 1, 4, "too large"),
        (f"a: {'9' * 401}\n", 1, 4, "has 401 digits"),
        (f"a: 0x{'f' * 401}\n", 1, 4, "too large"),
        ('a: "x\\0y"\n', 1, 4, "U+0000"),
        ("a: x\x07y\n", 1, 5, "U+0007"),
        ("a: x\u2028y\n", 1, 5, "U+2028"),
        ("a: x\ud800y\n", 1, 5, "U+D800"),
    ],
)
def test_what_is_refused_is_told_with_its_place(
    loader: str, text: str, line: int, column: int, said: str
) -> None:
    problem = only(text)
    assert said in problem.message
    assert (problem.file, problem.line, problem.column) == ("blueprint.yaml", line, column)


def test_a_duplicate_key_names_both_lines() -> None:
    problem = only("a:\n  size: 1\n  kind: b\n  size: 2\n")
    assert (problem.line, problem.column, problem.path) == (4, 3, "a.size")
    assert "in line 2 and in line 4" in problem.message


def test_all_problems_of_a_file_are_told_in_its_order() -> None:
    found = problems("a: &x 1\nb: *x\n<<: {c: 1}\na: 2\nd: !e 1\nf: .inf\nno: 1\n")
    assert [problem.line for problem in found] == [1, 2, 3, 4, 5, 6, 7]


def test_json_is_read_as_yaml() -> None:
    assert document('{"a": [1, true, null, "x"]}').plain() == {"a": [1, True, None, "x"]}


def test_a_byte_order_mark_is_as_if_absent() -> None:
    assert parse(b"\xef\xbb\xbfa: 1\n", "f").plain() == {"a": 1}


def test_text_that_is_not_utf8_is_refused_with_the_byte() -> None:
    assert "byte 4 is wrong" in only(b"a: b\xff\n").message


def many_keys(count: int) -> str:
    return "".join(f"k{number:x}:\n" for number in range(count))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("a: " + "x" * 1024 * 1024, "1 MiB", id="large"),
        pytest.param("a: " + "[" * 5000, "deeper than 64", id="deep-lists"),
        pytest.param(
            "".join(" " * depth + "a:\n" for depth in range(500)), "deeper than 64", id="deep-maps"
        ),
        pytest.param("{" * 500_000, "deeper than 64", id="deep-keys"),
        pytest.param(many_keys(100_000), "20,000 values", id="100,000-keys"),
        pytest.param(
            "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(9000)),
            "after 100 problems",
            id="aliases",
        ),
    ],
)
def test_a_hostile_file_is_refused_before_it_costs_anything(text: str, said: str) -> None:
    start = time.process_time()
    found = problems(text)
    assert said in found[-1].message
    # The bound is that of the user's promise; the time here is under a tenth of it.
    assert time.process_time() - start < 2


def test_a_missing_file_names_the_nearest_one(tmp_path: Path) -> None:
    (tmp_path / "blueprint.yaml").write_text("a: 1\n")
    with pytest.raises(BlueprintError) as caught:
        read(tmp_path / "bluprint.yaml")
    (problem,) = caught.value.problems
    assert problem.message == "there is no such file."
    assert problem.hint == "Did you mean blueprint.yaml?"


@pytest.mark.parametrize("kind", ["directory", "pipe", "loop", "inside-file", "device"])
def test_only_a_regular_file_is_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "blueprint.yaml"
    said = {
        "directory": "is a directory",
        "pipe": "is a pipe",
        "loop": "loop of symbolic links",
        "inside-file": "is a file and not a folder",
        "device": "is a device",
    }[kind]
    if kind == "directory":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "inside-file":
        path.write_text("a: 1\n")
        path = path / "blueprint.yaml"
    else:
        path = Path("/dev/zero")
    with pytest.raises(BlueprintError, match=said):
        read(path)


def test_a_file_without_permission_is_told_with_its_mode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "blueprint.yaml"
    path.write_text("a: 1\n")
    path.chmod(0o200)

    def refuse(*_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    # The superuser may read every file, so the system's refusal is put in by hand.
    monkeypatch.setattr("stackwright.blueprint.source.os.open", refuse)
    with pytest.raises(BlueprintError, match=r"not permitted \(its mode is --w-------\)"):
        read(path)


def test_a_file_is_read_under_the_name_that_was_given(tmp_path: Path) -> None:
    path = tmp_path / "blueprint.yaml"
    path.write_text("a: 1\n")
    assert read(path).file == str(path)
    assert read(path).plain() == {"a": 1}


class QuotingDumper(yaml.SafeDumper):
    """Writes YAML whose texts are quoted, since PyYAML quotes by the rules of YAML 1.1."""


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')


QuotingDumper.add_representer(str, _quoted)


@given(tree=MAPPINGS)
def test_what_is_dumped_is_read_back_equal(tree: dict[str, Any]) -> None:
    text = yaml.dump({"root": tree}, Dumper=QuotingDumper, sort_keys=False)
    assert parse(text, "f").plain() == {"root": tree}


def reads_or_refuses(text: str | bytes) -> bool:
    try:
        return isinstance(parse(text, "f").plain(), dict)
    except BlueprintError as error:
        return bool(error.problems)


@given(text=st.text() | st.text("ab:-[]{}\"'#&*!|>%@` \n\t?,~01.\\ux"))
@settings(max_examples=300)
def test_any_text_is_read_or_refused(text: str) -> None:
    assert reads_or_refuses(text)


@given(data=st.binary() | st.text(max_size=40).map(lambda text: f"a: {text}".encode("utf-16")))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert reads_or_refuses(data)


def test_merge_lays_one_tree_over_another_and_keeps_positions() -> None:
    read_file = document(
        "base:\n  replicas: 1\n  labels: {a: x, b: y}\n  zones: [a, b]\n"
        "prod:\n  replicas: 2\n  labels: {b: null, c: z}\n  zones: [c]\n"
    )
    base, prod = read_file.root.child("base"), read_file.root.child("prod")
    assert base is not None
    assert prod is not None
    merged = merge(base, prod)
    assert merged.plain() == {"replicas": 2, "labels": {"a": "x", "c": "z"}, "zones": ["c"]}
    assert merged.position(("replicas",)) == Mark(6, 13)
    assert merged.position(("labels", "a")) == Mark(3, 15)
    assert merged.position(("labels", "c"), key=True) == Mark(7, 21)


def test_another_kind_replaces_the_whole_mapping() -> None:
    base = node({"kind": "rds", "size": 1})
    assert merge(base, node({"kind": "given", "host": "a"})).plain() == {
        "kind": "given",
        "host": "a",
    }
    assert merge(base, node({"kind": "rds", "size": 2})).plain() == {"kind": "rds", "size": 2}


def test_a_user_mapping_over_one_that_is_not_written_keeps_its_own_place() -> None:
    unwritten = Node(Mark(0, 0), {"size": Node(Mark(0, 0), 1)})
    override = document("a:\n  zone: b\n").root
    merged = merge(Node(Mark(0, 0), {"a": unwritten}), override)
    assert merged.plain() == {"a": {"size": 1, "zone": "b"}}
    assert merged.position(("a",)) == Mark(2, 3)
    assert merged.position(("a", "size")) == Mark(1, 1)


@given(base=MAPPINGS, override=MAPPINGS)
def test_merging_twice_changes_nothing_more(base: Any, override: Any) -> None:
    once = merge(node(base), node(override))
    assert merge(once, node(override)).plain() == once.plain()


@given(base=MAPPINGS)
def test_merging_nothing_changes_nothing(base: Any) -> None:
    assert merge(node(base), node({})).plain() == base


@given(base=MAPPINGS, override=MAPPINGS)
def test_every_key_of_the_override_wins_or_is_removed(base: Any, override: Any) -> None:
    merged = merge(node(base), node(override)).plain()
    removed = {key for key, value in override.items() if value is None}
    assert set(merged) == (set(base) | set(override)) - removed
    for key in set(base) - set(override):
        assert merged[key] == base[key]
    for key, value in override.items():
        if value is not None and not isinstance(value, dict):
            assert merged[key] == value
