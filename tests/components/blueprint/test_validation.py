"""A wrong blueprint gives every problem in one run, in the order of the file."""

from __future__ import annotations

import datetime
import ipaddress
import time
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Discriminator, Field, Tag, ValidationError

from stackwright.blueprint.base import BlueprintModel, DnsLabel, DnsSubdomain, Text, clash
from stackwright.blueprint.document import Mark, Node
from stackwright.blueprint.reader import parse
from stackwright.blueprint.validation import problems_of, validate
from stackwright.errors import BlueprintError, Problem
from stackwright.secret_reference import SecretReference


class Size(StrEnum):
    """How large."""

    SMALL = "small"
    LARGE = "large"


class Pool(BlueprintModel):
    """Nodes of one size."""

    min_size: int = Field(default=1, ge=0, le=100)
    max_size: int = Field(ge=1, le=100, examples=[3])
    size: Size = Size.SMALL

    @clash("min_size", "max_size")
    def _sizes_are_in_order(self) -> str | None:
        if self.min_size > self.max_size:
            return f"min_size {self.min_size} is above max_size {self.max_size}."
        return None


class Alpha(BlueprintModel):
    """A tool."""

    kind: Literal["alpha"]
    replicas: int = Field(default=1, ge=1, le=10)
    pools: dict[str, Pool] = Field(default_factory=dict)
    spare: list[Pool] = Field(default_factory=list, max_length=2)
    extra: Pool | None = None
    login: SecretReference | None = None


class Beta(BlueprintModel):
    """Another tool."""

    kind: Literal["beta"]
    alpha: str = Field(default="", pattern=r"^(|s3://[a-z]+)$", examples=["s3://bucket"])


Tool = Annotated[Alpha | Beta, Field(discriminator="kind")]


def one_or_many(value: Any) -> str:
    return "many" if isinstance(value, dict) and value and "kind" not in value else "one"


class Toy(BlueprintModel):
    """A blueprint of toys."""

    name: DnsLabel = Field(default="toy", examples=["acme-ml"])
    host: DnsSubdomain = "a.b"
    enabled: bool = False
    share: float = Field(default=0.5, gt=0, lt=1)
    step: int = Field(default=4, multiple_of=4)
    note: Text = "a note"
    tool: Tool | None = None
    tools: (
        Annotated[
            Annotated[Tool, Tag("one")] | Annotated[dict[DnsLabel, Tool], Tag("many")],
            Discriminator(one_or_many),
        ]
        | None
    ) = None
    either: int | Literal["auto"] | list[int] = "auto"
    labels: dict[str, str] = Field(default_factory=dict, max_length=2)
    values: dict[str, Any] = Field(default_factory=dict)
    network: ipaddress.IPv4Network | None = None
    day: datetime.date | None = None
    pair: tuple[int, str] | None = None
    zones: list[str] = Field(default=["a", "b"], min_length=2, examples=[["a", "b"]])
    api_version: Literal["v1"] = Field(default="v1", alias="apiVersion")
    token_address: str = ""
    token_count: int = 0

    @clash("enabled", "api_version")
    def _needs_first_version(self) -> str | None:
        return "works in v1 only." if self.enabled and self.api_version == "v1" else None


class Strict(BlueprintModel):
    """A blueprint with a required key."""

    region: str = Field(examples=["eu-west-1"])
    version: str = Field(examples=["1.35"])
    target: Tool


def found(text: str, model: type[BlueprintModel] = Toy) -> list[Problem]:
    return problems_of(model, parse(text, "f.yaml").root, "f.yaml")


def only(text: str, model: type[BlueprintModel] = Toy) -> Problem:
    (problem,) = found(text, model)
    return problem


def test_a_right_file_becomes_the_model() -> None:
    text = "name: acme\ntool: {kind: alpha, replicas: 3, pools: {gpu: {max_size: 2}}}\n"
    toy = validate(Toy, parse(text, "f.yaml").root, "f.yaml")
    assert toy.name == "acme"
    assert isinstance(toy.tool, Alpha)
    assert toy.tool.pools["gpu"] == Pool(max_size=2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "name: Foo",
            'f.yaml:1:7: name: "Foo" does not fit; a name of at most 63 lower-case letters, digits'
            " and hyphens, which starts with a letter and does not end with a hyphen, is expected.",
        ),
        ("enabled: yes", "true or false is expected. Write true or false."),
        ("enabled: 'true'", '"true" is text; true or false is expected. Remove the quotes.'),
        ("enabled: 1", "1 is a whole number; true or false is expected."),
        ("share: 1", "1 is not below 1.0; a number above 0 and below 1 is expected."),
        ("share: 0", "0 is not above 0.0; a number above 0 and below 1 is expected."),
        ("share: half", '"half" is text; a number above 0 and below 1 is expected.'),
        ("step: 3", "3 is not a multiple of 4; a whole number, a multiple of 4, is expected."),
        ("step: 1_000", "1_000 is a number with underscores to some readers"),
        ("step: 1.5", "1.5 is a number; a whole number"),
        ("note: ''", '"" has 0 characters, below the limit of 1; one line of text'),
        ("note: 12", 'is expected. Quote it: "12".'),
        ('note: "a\\u202eb"', "the text holds U+202E (RIGHT-TO-LEFT OVERRIDE)"),
        ('note: "a\\nb"', "the text holds U+000A"),
        ('note: "e\\u0301"', "not in Unicode normal form NFC"),
        ("note: '  '", "the text is blank"),
        ('name: "acme\\n"', '"acme\\n" does not fit'),
        ("host: a_b", "lower-case letters, digits, hyphens and dots"),
        (f"name: {'a' * 70}", "70 characters, 7 over the limit of 63"),
        ("tool: {kind: alpha, replicas: 0}", "0 is below 1; a whole number from 1 to 10"),
        ("tool: {kind: alpha, replicas: 11}", "f.yaml:1:31: tool.replicas: 11 is above 10;"),
        (
            "tool: {kind: alhpa}",
            'f.yaml:1:14: tool.kind: "alhpa" is not known; one of alpha, beta is expected.'
            " Did you mean alpha?",
        ),
        ("tool: {kind: 5}", "tool.kind: 5 is not known; one of alpha, beta is expected."),
        ("tool: {kind: [a]}", "tool.kind: a list is written; one of alpha, beta is expected."),
        ("tool: {}", "f.yaml:1:1: tool.kind: this key is missing; one of alpha, beta is expected."),
        ("tool: beta", "a mapping with kind: alpha or beta is expected."),
        ("tools: beta", "a mapping with kind: alpha or beta is expected."),
        ("tools: {a: {kind: beta, alpha: x}}", 'tools.a.alpha: "x" does not have the form'),
        ("tools: {kind: beta, alpha: x}", "For example: alpha: s3://bucket"),
        ("tools: {A: {kind: beta}}", 'f.yaml:1:9: tools.A: "A" does not fit'),
        (
            "tool: {kind: alpha, pools: {a: {max_size: 1, size: lrage}}}",
            '"lrage" is not allowed here; one of small, large is expected. Did you mean large?',
        ),
        ("tool: {kind: alpha, pools: []}", "a list is written; a mapping is expected."),
        ("tool: {kind: alpha, spare: {}}", "a mapping is written; a list of at most 2 items"),
        ("tool: {kind: alpha, pools: {a: {}}}", "For example: max_size: 3"),
        ("tol: 1", "f.yaml:1:1: tol: there is no such key; known keys are: name, host,"),
        ("tol: 1", "Did you mean tool?"),
        ("either: manual", '"manual" does not fit; a whole number, auto or a list is expected.'),
        ("either: [1, a]", 'either[1]: "a" is text; a whole number is expected.'),
        ("either: {}", "a mapping does not fit; a whole number, auto or a list is expected."),
        ("labels: {a: 1.10}", '1.10 is a number; text is expected. Quote it: "1.10".'),
        ("labels: {a: no}", 'Quote it: "no". For a truth value, write true or false.'),
        ("labels: {a: 2024-01-01}", "2024-01-01 is a date to some readers"),
        ("labels: {a: 012}", 'Quote it: "012".'),
        ("labels: {a: }", "f.yaml:1:13: labels.a: a value is missing; text is expected."),
        ("labels: {a: x, b: x, c: x}", "3 keys are given; at most 2 may be."),
        ("values: {a: {b: off}}", "values.a.b: off is true or false to some readers"),
        ("network: 10.0.0.1/8", "10.0.0.1/8 has host bits set."),
        ("day: '2024-13-01'", '"2024-13-01" does not fit: month value is outside'),
        ("pair: [1]", "pair[1]: this key is missing; text is expected."),
        ("zones: [a]", '1 item is given; at least 2 must be. For example: zones: ["a", "b"]'),
        ("zones: null", "a value is missing; a list of at least 2 items is expected."),
        ("apiVersion: v2", '"v2" is not allowed here; v1 is expected.'),
        ("api_version: v1", "Did you mean apiVersion?"),
        ('labels: {"a b": 1}', 'labels."a b": 1 is a whole number'),
    ],
)
def test_a_problem_is_told_in_plain_words(text: str, expected: str) -> None:
    problem = only(text)
    assert expected in str(problem)
    assert "Input should" not in str(problem)


def test_a_missing_key_stands_at_its_mapping_with_an_example() -> None:
    problems = found("version: '1'\ntarget:\n  kind: alpha\n  spare:\n  - min_size: 1\n", Strict)
    assert [str(problem) for problem in problems] == [
        "f.yaml:1:1: region: this key is missing; text is expected. For example: region: eu-west-1",
        "f.yaml:5:5: target.spare[0].max_size: this key is missing; a whole number from 1 to 100"
        " is expected. For example: max_size: 3",
    ]


def test_an_example_that_needs_quotes_has_them() -> None:
    assert only("region: a\ntarget: {kind: beta}\n", Strict).hint == 'For example: version: "1.35"'


def test_all_problems_come_in_the_order_of_the_file_whatever_their_sort() -> None:
    text = (
        "enabled: yes\n"
        "tool:\n"
        "  kind: alpha\n"
        "  extra: {min_size: 9, max_size: 2, size: huge}\n"
        "  replicas: x\n"
        "  pools: {a: {min_size: 5, max_size: 3}, b: {min_size: 5, max_size: x}}\n"
        "  spare:\n"
        "  - {min_size: 5, max_size: 4}\n"
        "tools: {x: {kind: alpha, extra: {max_size: 0}}}\n"
        "nmae: a\n"
    )
    assert [(problem.line, problem.path) for problem in found(text)] == [
        (1, "enabled"),
        (4, "tool.extra.max_size"),
        (4, "tool.extra.size"),
        (5, "tool.replicas"),
        (6, "tool.pools.a.max_size"),
        (6, "tool.pools.b.max_size"),
        (8, "tool.spare[0].max_size"),
        (9, "tools.x.extra.max_size"),
        (10, "nmae"),
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("tool: {kind: alpha, extra: {min_size: 5, max_size: 3}}", Mark(1, 42)),
        ("tool: {kind: alpha, extra: {max_size: 3, min_size: 5}}", Mark(1, 42)),
        ("tools: {a: {kind: alpha, extra: {max_size: 3, min_size: 5}}}", Mark(1, 47)),
    ],
)
def test_a_clash_stands_at_the_later_of_its_keys(text: str, place: Mark) -> None:
    problem = only(text)
    assert problem.message == "min_size 5 is above max_size 3."
    assert (problem.line, problem.column) == place


def test_a_clash_names_its_keys_as_they_are_written() -> None:
    problem = only("enabled: true\napiVersion: v1\n")
    assert str(problem) == "f.yaml:2:1: apiVersion: enabled and apiVersion: works in v1 only."
    assert only("name: a\nenabled: true\n").line == 2


def test_a_clash_with_a_default_is_found() -> None:
    class Limits(BlueprintModel):
        """Limits."""

        low: int = 5
        high: int = 10

        @clash("low", "high")
        def _order(self) -> str | None:
            return "low is above high." if self.low > self.high else None

    assert only("low: 11", Limits).path == "low"
    assert found("low: 7", Limits) == []


def test_a_clash_is_refused_where_the_model_is_used_in_a_program() -> None:
    with pytest.raises(ValidationError, match="min_size 5 is above max_size 3"):
        Pool(min_size=5, max_size=3)


def test_a_rule_about_an_unknown_field_is_refused_when_the_class_is_made() -> None:
    with pytest.raises(TypeError, match="names no field"):

        class Wrong(BlueprintModel):
            """A model whose rule is wrong."""

            size: int

            @clash("size", "sise")
            def _rule(self) -> str | None:
                return None


def test_a_part_of_a_file_is_validated_at_its_place() -> None:
    root = parse("pools:\n  gpu: {max_size: 0}\n", "f.yaml").root
    part = root.find(("pools", "gpu"))
    assert part is not None
    with pytest.raises(BlueprintError) as caught:
        validate(Pool, part, "f.yaml", ("pools", "gpu"))
    assert str(caught.value).startswith("f.yaml:2:19: pools.gpu.max_size: 0 is below 1;")


def test_a_value_that_is_not_written_is_told_at_the_nearest_place_that_is() -> None:
    root = parse("tool:\n  kind: alpha\n", "f.yaml").root
    tool = root.find(("tool",))
    assert tool is not None
    assert isinstance(tool.value, dict)
    tool.value["replicas"] = Node(Mark(0, 0), 0)
    (problem,) = problems_of(Toy, root, "f.yaml")
    assert (problem.line, problem.path) == (1, "tool.replicas")


@pytest.mark.parametrize(
    "text",
    [
        "token_address: [SECRET]",
        "token_count: SECRET",
        "network: SECRET",
        "enabled: SECRET",
        "labels: {password: [SECRET]}",
        "values: {deep: {key: SECRET}}",
        "tool: {kind: SECRET}",
        "tool: {kind: alpha, login: SECRET}",
        "tool: {kind: alpha, login: {from: SECRET}}",
        "tool: {kind: alpha, login: {from: environment, variable: SECRET-}}",
        "tool: {kind: alpha, login: {from: environment, value: SECRET}}",
        "name: SECRET",
        "SECRET: 1",
        "either: SECRET",
        "password: SECRET",
    ],
)
def test_a_secret_is_never_repeated(text: str) -> None:
    secret = "ghp_a1B2c3D4e5F6g7H8i9J0a1B2c3D4"
    problems = found(text.replace("SECRET", secret))
    assert problems
    assert not any(secret in str(problem) for problem in problems)


def test_a_value_under_a_secret_key_is_never_repeated_whatever_its_form() -> None:
    problems = found("token_count: hunter2\nlabels: {db_password: 12345678}\n")
    assert [problem.path for problem in problems] == ["token_count", "labels.db_password"]
    for problem in problems:
        assert "[redacted]" in problem.message
        assert "hunter2" not in str(problem)
        assert "12345678" not in str(problem)


def test_terminal_escapes_in_values_are_shown_escaped() -> None:
    problem = only('either: "\\u202e\\u200b"\n')
    assert "\\u202e\\u200b" in problem.message
    assert str(problem).isprintable()


def test_problems_over_the_limit_are_counted_and_cost_little() -> None:
    text = "".join(f"naem{number}: x\n" for number in range(19_000))
    start = time.process_time()
    problems = found(text)
    # The bound is that of the user's promise; the time here is about a quarter of it.
    assert time.process_time() - start < 2
    assert len(problems) == 101
    assert problems[-1].message == "there are 18900 more problems."


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-9, 999) | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from(["kind", "pools", "spare", "min_size", "max_size", "login", "x"]),
                inner | st.sampled_from(["alpha", "beta"]),
                max_size=3,
            )
        ),
        max_leaves=8,
    ),
    st.sampled_from(sorted(Toy.model_fields)),
)
def test_any_data_is_accepted_or_gives_problems_with_a_place(data: Any, key: str) -> None:
    def tree(value: Any) -> Node:
        if isinstance(value, dict):
            return Node(Mark(1, 1), {name: tree(item) for name, item in value.items()})
        if isinstance(value, list):
            return Node(Mark(1, 1), [tree(item) for item in value])
        return Node(Mark(1, 1), value)

    for problem in problems_of(Toy, tree({key: data}), "f.yaml"):
        assert (problem.line, problem.column) == (1, 1)
        assert "Input should" not in problem.message
        assert "Field required" not in problem.message


class Chart(BlueprintModel):
    """A chart with free values."""

    values: dict[str, Any] = Field(default_factory=dict)
    api_key: str = ""


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ("{adminPassword: hunter2}", "values.adminPassword"),
        ("{auth: {client_secret: hunter2}}", "values.auth.client_secret"),
        ("{env: [{name: DB_PASSWORD, value: hunter2}]}", "values.env[0].value"),
    ],
)
def test_a_text_under_the_name_of_a_secret_is_refused(values: str, path: str) -> None:
    (problem,) = problems_of(Chart, parse(f"values: {values}\n", "f").root, "f")
    assert (problem.path, problem.message) == (
        path,
        "this looks like a secret; a secret is named, never written.",
    )
    assert "hunter2" not in str(problem)


@pytest.mark.parametrize(
    "text",
    [
        "values: {existingSecret: login, passwordKey: word}",
        'values: {adminPassword: ""}',
        "values: {automountServiceAccountToken: true, refreshToken: false}",
        "values: {env: [{name: LEVEL, value: debug}]}",
        "api_key: name-of-a-key",
    ],
)
def test_what_only_says_where_a_secret_is_kept_is_accepted(text: str) -> None:
    assert problems_of(Chart, parse(f"{text}\n", "f").root, "f") == []


def test_the_order_of_keys_does_not_reach_the_model() -> None:
    one = validate(Chart, parse("values: {b: 1, a: {d: 2, c: 3}}\n", "f").root, "f")
    assert one.model_dump_json() == '{"values":{"a":{"c":3,"d":2},"b":1},"api_key":""}'


def test_a_number_where_a_word_is_expected_is_shown_as_it_was_typed() -> None:
    class Versioned(BlueprintModel):
        """Something with a version."""

        version: Literal["1.30", "1.31"]

    (problem,) = problems_of(Versioned, parse("version: 1.30\n", "f").root, "f")
    assert str(problem) == (
        'f:1:10: version: 1.30 is a number; one of 1.30, 1.31 is expected. Quote it: "1.30".'
    )
