from __future__ import annotations

import json

import pytest

from stackwright.diff.properties.concealed import Concealed, conceal, shown
from stackwright.diff.properties.texts import DEEPEST
from stackwright.plan.graph import JsonValue, symbol

ORIGIN = "urn:pulumi:dev::acme::x:y:Z::one#password"
HIDDEN: dict[str, list[str]] = {"$secret": []}


def visible(type_: str, inputs: dict[str, JsonValue], *hidden: str) -> JsonValue:
    return shown(conceal(type_, inputs, hidden))


def test_a_secret_shows_only_what_it_is_made_from() -> None:
    text = f"user:{symbol('urn:pulumi:dev::acme::x:y:Z::one', 'password')}"
    assert visible("x:y:Z", {"password": text}) == {"password": {"$secret": [ORIGIN]}}
    assert visible("x:y:Z", {"password": {"$secret": [ORIGIN]}}) == {
        "password": {"$secret": [ORIGIN]}
    }


def test_a_concealed_value_is_compared_and_does_not_print_itself() -> None:
    one, same, other = (Concealed(value, HIDDEN) for value in ("a1b2", "a1b2", "other"))
    assert one == same
    assert one != other
    assert "a1b2" not in repr(one)


def test_the_kind_of_an_object_is_known_by_its_type_or_its_kind() -> None:
    data: dict[str, JsonValue] = {"data": {"name": "eA=="}}
    assert visible("kubernetes:core/v1:Secret", data) == {"data": {"name": HIDDEN}}
    assert visible("kubernetes:core/v1:ConfigMap", data) == data
    as_kind: dict[str, JsonValue] = {"kind": "Secret", **data}
    assert visible("kubernetes:yaml:Any", as_kind) == {"kind": "Secret", "data": {"name": HIDDEN}}


def test_below_a_name_of_a_secret_only_what_says_which_one_is_shown() -> None:
    inputs: dict[str, JsonValue] = {
        "credentials": {"secretName": "db", "user": "admin", "port": 5432, "tls": True, "x": None}
    }
    assert visible("x:y:Z", inputs) == {
        "credentials": {
            "secretName": "db",
            "user": HIDDEN,
            "port": HIDDEN,
            "tls": True,
            "x": None,
        }
    }


def test_the_name_of_a_key_in_an_external_secret_is_shown() -> None:
    inputs: dict[str, JsonValue] = {"spec": {"data": [{"secretKey": "password"}]}}
    assert visible("kubernetes:external-secrets.io/v1:ExternalSecret", inputs) == inputs
    assert visible("pulumi:providers:aws", {"secretKey": "password"}) == {"secretKey": HIDDEN}


def test_a_text_with_a_secret_inside_shows_what_else_it_says() -> None:
    text = json.dumps({"host": "db", "password": "hunter2"})
    assert visible("x:y:Z", {"config": text}) == {"config": {"host": "db", "password": HIDDEN}}
    script = "export TOKEN=hunter2\nrun"
    assert visible("x:y:Z", {"script": script}) == {"script": "export TOKEN=[secret]\nrun"}


@pytest.mark.parametrize(
    "text",
    [
        "postgres://user:hunter2hunter2@host/db",
        "-----BEGIN PRIVATE KEY-----\nMIIB\n",
        "ghp_0123456789abcdef0123",
        "AKIAIOSFODNN7EXAMPLE",
    ],
)
def test_what_looks_like_a_secret_is_hidden_wherever_it_stands(text: str) -> None:
    assert visible("x:y:Z", {"a": [{"b": text}]}) == {"a": [{"b": HIDDEN}]}


def test_an_argument_after_a_flag_for_a_secret_is_hidden() -> None:
    inputs: dict[str, JsonValue] = {"args": ["--user", "admin", "--password", "x", "--token=abc"]}
    assert visible("x:y:Z", inputs) == {
        "args": ["--user", "admin", "--password", HIDDEN, "--token=[secret]"]
    }


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("spec", {"spec": HIDDEN, "other": 1}),
        ("spec.a", {"spec": {"a": HIDDEN, "l": [1, 2]}, "other": 1}),
        ("spec.l[1]", {"spec": {"a": "x", "l": [HIDDEN, HIDDEN]}, "other": 1}),
        ("spec.l[*]", {"spec": {"a": "x", "l": [HIDDEN, HIDDEN]}, "other": 1}),
        ("*", {"spec": HIDDEN, "other": HIDDEN}),
        ("spec.none", {"spec": {"a": "x", "l": [1, 2]}, "other": 1}),
        ("other.deeper", {"spec": {"a": "x", "l": [1, 2]}, "other": 1}),
        ("", {"spec": {"a": "x", "l": [1, 2]}, "other": 1}),
    ],
)
def test_a_path_that_the_program_hides_is_hidden(path: str, expected: JsonValue) -> None:
    assert visible("x:y:Z", {"spec": {"a": "x", "l": [1, 2]}, "other": 1}, path) == expected


def test_what_is_nested_too_deeply_is_hidden() -> None:
    value: JsonValue = "bottom"
    for _ in range(DEEPEST + 1):
        value = [value]
    assert "bottom" not in repr(visible("x:y:Z", {"a": value}))
    assert "bottom" in repr(visible("x:y:Z", {"a": value[0]}))
