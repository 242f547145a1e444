from __future__ import annotations

import pytest

from stackwright.plan.graph import JsonValue, Layer, Plan, Resource, symbol
from stackwright.report.bindings import (
    LEFT_OUT,
    Substitution,
    known_values,
    kubernetes_kind,
    without_secret_data,
)

BUCKET = "urn:pulumi:dev::p::aws:s3/bucket:Bucket::data"
ARN = symbol(BUCKET, "arn")


def planned(outputs: dict[str, JsonValue]) -> Plan:
    return Plan("n", "e", "t", (Layer("foundation", "p", "s", (), outputs),))


@pytest.mark.parametrize(
    ("outputs", "bindings"),
    [
        ({}, {f"{BUCKET}#arn": "arn:b"}),
        ({"bindings": {"storage.arn": ARN}}, {"storage.arn": "arn:b"}),
        ({"bindings": {"storage.arn": ARN}}, {"bindings": {"storage.arn": "arn:b"}}),
        ({"bindings": {"storage": {"arn": ARN}}}, {"bindings": {"storage": {"arn": "arn:b"}}}),
        ({"bindings": {"storage": {"arn": ARN}}}, {"storage": {"arn": "arn:b"}}),
        ({"bindings": {"objects": f"{ARN}/*"}}, {"bindings": {"objects": "arn:b/*"}}),
        ({"storage/data/arn": ARN}, {"storage/data/arn": "arn:b"}),
        ({"storage.arns": ["fixed", ARN]}, {"storage.arns": ["fixed", "arn:b"]}),
        ({"wiring": {"arn": {"$unknown": [f"{BUCKET}#arn"]}}}, {"wiring": {"arn": "arn:b"}}),
    ],
)
def test_an_output_is_known_however_it_is_given(
    outputs: dict[str, JsonValue], bindings: dict[str, JsonValue]
) -> None:
    assert known_values(planned(outputs), bindings)[f"{BUCKET}#arn"] == "arn:b"


@pytest.mark.parametrize(
    ("written", "deployed"),
    [
        (f"{ARN}/*", "arn:b"),
        (f"{ARN}{ARN}", "arn:barn:b"),
        ("fixed", "fixed"),
        ({"$secret": [f"{BUCKET}#arn"]}, "[secret]"),
        ({"$unknown": [f"{BUCKET}#a", f"{BUCKET}#b"]}, "x"),
    ],
)
def test_a_value_that_does_not_tell_one_output_tells_nothing(
    written: JsonValue, deployed: JsonValue
) -> None:
    known = known_values(planned({"bindings": {"k": written}}), {"bindings": {"k": deployed}})
    assert not [origin for origin in known if origin.startswith(BUCKET)]


def test_an_output_that_is_no_text_is_known_by_its_stack() -> None:
    plan = planned({"database.port": {"$unknown": [f"{BUCKET}#a", f"{BUCKET}#b"]}})
    stack = "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s"
    assert known_values(plan, {"database.port": 5432}) == {f"{stack}#database.port": 5432}


@pytest.mark.parametrize("planned_value", [ARN, {"$secret": [f"{BUCKET}#arn"]}])
def test_an_output_that_pulumi_hides_stays_unknown(planned_value: JsonValue) -> None:
    assert known_values(planned({"token": planned_value}), {"token": "[secret]"}) == {}


def test_the_name_of_a_kubernetes_object_is_known_before_deployment() -> None:
    urn = "urn:pulumi:dev::p::kubernetes:core/v1:Namespace::ns"
    named = Resource(urn, "kubernetes:core/v1:Namespace", "ns", True, {"metadata": {"name": "ml"}})
    plan = Plan("n", "e", "t", (Layer("platform", "p", "s", (named,)),))
    assert known_values(plan, None)[f"{urn}#metadata.name"] == "ml"


def test_known_values_take_the_place_of_symbols_and_keep_their_type() -> None:
    known = {f"{BUCKET}#arn": "arn:b", f"{BUCKET}#port": 5432}
    substitution = Substitution(known)
    value = {
        "policy": f"{ARN}/*",
        "port": {"$unknown": [f"{BUCKET}#port"]},
        "url": f"host:{symbol(BUCKET, 'port')}",
        "list": [ARN, 1],
    }
    assert substitution.apply(value, "x") == {
        "policy": "arn:b/*",
        "port": 5432,
        "url": "host:5432",
        "list": ["arn:b", 1],
    }
    assert substitution.unresolved == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Deployment x .spec.template.spec.containers[0].env[1].value", "5432"),
        ("Deployment x .spec.template.spec.containers[0].args[0]", "5432"),
        ("ConfigMap x .data.port", "5432"),
        ("Deployment x .metadata.annotations.prometheus.io/port", "5432"),
        ("Service x .spec.ports[0].port", 5432),
    ],
)
def test_a_number_is_text_where_kubernetes_takes_only_text(path: str, expected: object) -> None:
    known = {f"{BUCKET}#port": 5432}
    assert Substitution(known).apply(symbol(BUCKET, "port"), path) == expected


def test_what_is_unknown_or_secret_is_left_out_and_listed() -> None:
    substitution = Substitution({})
    value = {"a": ARN, "b": {"$unknown": [f"{BUCKET}#port"]}, "c": [{"$secret": []}]}
    assert substitution.apply(value, "Job x ") == {"a": ARN, "c": []}
    assert substitution.unresolved == [
        f"Job x .a: output arn of data ({BUCKET}#arn)",
        f"Job x .b: output port of data ({BUCKET}#port), left out",
        "Job x .c[0]: a secret, never written",
    ]


def test_a_secret_is_not_written_even_when_its_value_is_given() -> None:
    substitution = Substitution({f"{BUCKET}#arn": "arn:b"})
    assert substitution.apply({"$secret": [f"{BUCKET}#arn"]}, "x") is LEFT_OUT


def test_the_data_of_a_secret_is_marked_wherever_it_is_shown() -> None:
    inputs = {"kind": "Secret", "data": {"a": "cGxhaW4="}, "type": "Opaque"}
    made = Resource("u", "kubernetes:core/v1:Secret", "s", True, inputs)
    assert without_secret_data(made) == {**inputs, "data": {"$secret": []}}


def test_only_objects_have_a_kind() -> None:
    assert (
        kubernetes_kind(Resource("u", "kubernetes:apps/v1:Deployment", "d", True, {}))
        == "Deployment"
    )
    assert kubernetes_kind(Resource("u", "kubernetes:helm.sh/v4:Chart", "c", False, {})) == ""
    assert kubernetes_kind(Resource("u", "pulumi:providers:kubernetes", "k", True, {})) == ""
