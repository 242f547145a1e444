"""The JSON Schema and the model accept and refuse the same blueprints.

Left out, because JSON Schema cannot say them: rules about several keys, needs between tools, checks
of meaning (a range of addresses, a version), a whole number written as `3.0`, and how environments
merge. There the schema accepts more than the model.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from stackwright.blueprint.keys import keys
from stackwright.blueprint.load import environment_names, load
from stackwright.blueprint.reader import parse
from stackwright.blueprint.schema import json_schema, whole_text

BASE: dict[str, Any] = {
    "apiVersion": "stackwright/v1",
    "name": "acme-ml",
    "target": {"kind": "aws", "region": "eu-west-1", "account": "123456789012"},
    "network": {"kind": "vpc"},
    "cluster": {
        "kind": "eks",
        "access": {"endpoint": "private", "via": "vpn"},
        "administrators": ["arn:aws:iam::123456789012:role/admin"],
        "node_pools": {"general": {"min_size": 2}},
    },
    "storage": {"kind": "s3"},
    "tracking": {"kind": "mlflow", "scheduling": {"tolerations": [{"key": "gpu"}]}},
}

GONE = object()


def allowed(
    resource: str = "a:b::c", reason: str = "moved", expires: str = "2027-01-31"
) -> dict[str, str]:
    return {"resource": resource, "reason": reason, "expires": expires}


EQUAL: list[tuple[str, Any, bool]] = [
    ("apiVersion", GONE, False),
    ("apiVersion", "stackwright/v2", False),
    ("apiVersion", 1, False),
    ("name", GONE, False),
    ("name", "a", False),
    ("name", "a1", True),
    ("name", "a" * 16, True),
    ("name", "a" * 17, False),
    ("name", "Acme", False),
    ("name", "acme--ml", False),
    ("name", "acme-", False),
    ("name", "1acme", False),
    ("name", "acme\n", False),
    ("name", "kube-ml", False),
    ("name", None, False),
    ("name", ["acme"], False),
    ("labels", {}, True),
    ("labels", {"team": "ml"}, True),
    ("labels", {"team": 1}, False),
    ("labels", {"team": None}, False),
    ("labels", {"kubernetes.io/name": "ml"}, False),
    ("labels", {"": "ml"}, False),
    ("labels", [], False),
    ("labels", {f"key{number}": "ml" for number in range(20)}, True),
    ("labels", {f"key{number}": "ml" for number in range(21)}, False),
    ("profile", "development", True),
    ("profile", "Development", False),
    ("profile", True, False),
    ("profile", None, False),
    ("mirrors", {"charts": "oci://registry.example.com/charts"}, True),
    ("mirrors", {"charts": "ftp://registry.example.com"}, False),
    ("mirrors", {"chart": ""}, False),
    ("mirrors.images", "registry.example.com/mirror\n", False),
    ("allow_replacement", [], True),
    ("allow_replacement", [allowed()], True),
    ("allow_replacement", [allowed("pulumi:x::y"), allowed("a:b/c:D::a b::c")], True),
    ("allow_replacement", [allowed("aws:s3/bucket:Bucket")], False),
    ("allow_replacement", [allowed("aws:s3/bucket:Bucket::")], False),
    ("allow_replacement", [allowed("aws:s3/bucket:Bucket::storage-data\n")], False),
    ("allow_replacement", [allowed("storage-data")], False),
    ("allow_replacement", [allowed("urn:pulumi:p::a::aws:s3/bucket:Bucket::b")], False),
    ("allow_replacement", [allowed(reason="")], False),
    ("allow_replacement", [allowed(expires="2027-13-01")], False),
    ("allow_replacement", [allowed(expires="31.1.2027")], False),
    ("allow_replacement", [{**allowed(), "by": "me"}], False),
    ("allow_replacement", [{"resource": "a:b::c"}], False),
    ("allow_replacement", ["aws:s3/bucket:Bucket::storage-data"], False),
    ("allow_replacement", None, False),
    ("environments", {"dev": {"allow_replacement": [allowed()]}}, True),
    ("environments", {"dev": {"allow_replacement": ["a"]}}, False),
    ("projects", "projects/*.yaml", True),
    ("projects", "/projects/*.yaml", False),
    ("surprise", 1, False),
    ("target", GONE, False),
    ("target", {"kind": "existing-cloud"}, False),
    ("target", {"region": "eu-west-1", "account": "123456789012"}, False),
    ("target.account", 123456789012, False),
    ("target.account", "12345678901", False),
    ("target.account", "123456789012\n", False),
    ("target.account", GONE, False),
    ("target.region", "eu-west-99", False),
    ("target.surprise", "x", False),
    ("storage", None, True),
    ("storage", {}, False),
    ("storage", [], False),
    ("storage", "s3", False),
    ("storage.kind", "s4", False),
    ("storage.kind", GONE, False),
    ("storage.surprise", 1, False),
    ("storage.noncurrent_version_days", 1, True),
    ("storage.noncurrent_version_days", 0, False),
    ("storage.noncurrent_version_days", 3651, False),
    ("storage.noncurrent_version_days", "90", False),
    ("storage.noncurrent_version_days", 1.5, False),
    ("storage.noncurrent_version_days", True, False),
    ("storage.noncurrent_version_days", None, False),
    ("storage", {"data": {"kind": "s3"}, "archive": {"kind": "s3"}}, True),
    ("storage", {"data": {"kind": "s3"}, "archive": {}}, False),
    ("storage", {"data": {"kind": "s3"}, "archive": None}, False),
    ("storage", {"data": {"kind": "s3"}, "archive": "s3"}, False),
    ("storage", {"Data": {"kind": "s3"}}, False),
    ("storage", {"a" * 13: {"kind": "s3"}}, False),
    ("storage", {"data": {"kind": "s3", "surprise": 1}}, False),
    ("storage", {"kind": {"kind": "s3"}}, False),
    ("storage.tags", {"cost-center": "ml"}, True),
    ("storage.tags", {"aws:owner": "ml"}, False),
    ("storage.uses", {"artifacts": "archive"}, True),
    ("storage.uses", {"artifacts": "Archive"}, False),
    ("network.zones", ["a", "b"], True),
    ("network.zones", ["a"], False),
    ("network.zones", ["a", "b", "c", "d", "e"], False),
    ("network.zones", ["a", "z"], False),
    ("network.zones", "a", False),
    ("network.nat", "one", True),
    ("network.nat", "two", False),
    ("network.interface_endpoints", ["s4"], False),
    ("network.flow_log_retention_days", 365, True),
    ("network.flow_log_retention_days", 366, False),
    ("network.flow_log_retention_days", "365", False),
    ("cluster.access", GONE, False),
    ("cluster.access", {"endpoint": "private"}, False),
    ("cluster.access", {"via": "vpn"}, False),
    ("cluster.access", {"endpoint": "public"}, False),
    ("cluster.access", {"endpoint": "public", "allowed_cidrs": ["203.0.113.0/24"]}, True),
    ("cluster.access", {"endpoint": "public", "allowed_cidrs": []}, False),
    ("cluster.access", {"endpoint": "public", "via": "vpn"}, False),
    ("cluster.administrators", [], False),
    ("cluster.administrators", GONE, False),
    ("cluster.administrators", ["root"], False),
    ("cluster.node_pools", {}, False),
    ("cluster.node_pools.general.min_size", -1, False),
    ("cluster.node_pools.general.surprise", 1, False),
    ("cluster.node_pools.Bad_Name", {"min_size": 1}, False),
    ("tracking.replicas", 10, True),
    ("tracking.replicas", 11, False),
    ("tracking.scheduling.tolerations", [{}], False),
    ("tracking.scheduling.tolerations", [{"key": "gpu", "operator": "exists"}], False),
    ("tracking.scheduling.tolerations", [{"key": "gpu", "effect": "NoExecute"}], True),
    ("tracking.scheduling.node_selector", {"pool": True}, False),
    ("environments", {}, True),
    ("environments", {"dev": {}}, True),
    ("environments", {"dev": None}, False),
    ("environments", {"Dev": {}}, False),
    ("environments", {"de-v": {}}, False),
    ("environments", {"dev": {"profile": "development", "storage": None}}, True),
    ("environments", {"dev": {"storage": {"noncurrent_version_days": 3}}}, True),
    ("environments", {"dev": {"storage": {"noncurrent_version_days": None}}}, True),
    ("environments", {"dev": {"storage": {"noncurrent_version_days": 0}}}, False),
    ("environments", {"dev": {"storage": {"surprise": 0}}}, False),
    ("environments", {"dev": {"surprise": 0}}, False),
    ("environments", {"dev": {"name": "other"}}, False),
    ("environments", {"dev": {"cluster": {"access": {"via": "bastion"}}}}, True),
    ("environments", {"dev": {"cluster": {"node_pools": {"gpu": {"max_size": 3}}}}}, True),
    ("environments", {"dev": {"tracking": {"replicas": "two"}}}, False),
    ("environments", [], False),
]
"""Key path, its value, and whether the blueprint is then accepted."""


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return the base with one value changed."""
    result = copy.deepcopy(BASE)
    *above, last = path.split(".")
    place = result
    for step in above:
        place = place.setdefault(step, {})
    if value is GONE:
        del place[last]
    else:
        place[last] = value
    return result


def model_accepts(blueprint: dict[str, Any]) -> bool:
    document = parse(json.dumps(blueprint), "blueprint.yaml")
    return not [p for name in environment_names(document) for p in load(document, name)[1]]


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    return Draft202012Validator(json_schema())


def test_it_is_a_schema_of_the_dialect_that_it_names() -> None:
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


def test_both_accept_the_base(validator: Draft202012Validator) -> None:
    assert model_accepts(BASE)
    assert [error.message for error in validator.iter_errors(BASE)] == []


@pytest.mark.parametrize(
    ("path", "value", "accepted"), EQUAL, ids=[f"{number}-{e[0]}" for number, e in enumerate(EQUAL)]
)
def test_the_model_and_the_schema_agree(
    path: str, value: Any, accepted: bool, validator: Draft202012Validator
) -> None:
    blueprint = changed(path, value)
    assert (model_accepts(blueprint), validator.is_valid(blueprint)) == (accepted, accepted)


@pytest.mark.parametrize("path", ["target.account", "cluster.administrators", "storage.kind"])
def test_what_an_environment_gives_may_be_missing_from_the_rest(
    path: str, validator: Draft202012Validator
) -> None:
    blueprint = changed(path, GONE)
    above, _, last = path.partition(".")
    blueprint["environments"] = {"dev": {above: {last: BASE[above][last]}}}
    assert model_accepts(blueprint)
    assert validator.is_valid(blueprint)


def test_a_secret_is_told_by_where_it_is_kept(validator: Draft202012Validator) -> None:
    url = {"from": "aws-secrets-manager", "name": "acme-ml/alerts", "key": "url"}
    for value, accepted in ((url, True), ({**url, "from": "file"}, False), ("https://x", False)):
        receiver = {"type": "webhook", "url": value}
        blueprint = {**BASE, "monitoring": {"kind": "kube-prometheus-stack"}}
        blueprint["monitoring"]["alert_receiver"] = receiver
        assert (model_accepts(blueprint), validator.is_valid(blueprint)) == (accepted, accepted)


def test_a_secret_must_say_where_it_is_kept(validator: Draft202012Validator) -> None:
    receiver = {"type": "webhook", "url": {"name": "acme-ml/alerts", "key": "url"}}
    monitoring = {"kind": "kube-prometheus-stack", "alert_receiver": receiver}
    blueprint = {**BASE, "monitoring": monitoring}
    assert (model_accepts(blueprint), validator.is_valid(blueprint)) == (False, False)


def test_every_key_has_a_meaning_for_the_editor() -> None:
    schema = json_schema()
    without = [
        f"{name}.{key}"
        for name, definition in schema["$defs"].items()
        for key, value in definition.get("properties", {}).items()
        if not described(value, schema["$defs"]) and "const" not in json.dumps(value)
    ]
    assert without == []


def test_each_choice_of_an_enum_is_explained() -> None:
    nat = json_schema()["$defs"]["Nat"]
    assert dict(zip(nat["enum"], nat["enumDescriptions"], strict=True))["one"] == (
        "One gateway for all zones: cheaper, and gone with its zone."
    )


def test_every_top_key_is_in_it() -> None:
    assert set(json_schema()["properties"]) == {key.path[0] for key in keys()}


def test_a_pattern_ends_where_the_text_ends() -> None:
    assert whole_text("^a$") == "^a(?!\\n)$"
    assert whole_text(r"^a\$b$|^$") == r"^a\$b(?!\n)$|^(?!\n)$"
    assert not re.search(whole_text("^a$"), "a\n")


def test_no_pattern_uses_what_only_one_language_has() -> None:
    r"""ECMAScript has no `\A`, `\Z`, possessive quantifier, inline flag or `(?P`."""
    found = [
        p for p in patterns(json_schema()) if re.search(r"\\[AZz]|\(\?[aiLmsux]|\(\?P|[+*?]\+", p)
    ]
    assert found == []


def described(value: Any, definitions: dict[str, Any]) -> bool:
    if "description" in value:
        return True
    name = value.get("$ref", "").rpartition("/")[2]
    return "description" in definitions.get(name, {})


def patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        for value in schema.values():
            yield from patterns(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from patterns(item)


def test_patterns_mean_the_same_in_every_language() -> None:
    """An editor's `\\d`, `\\w` and `\\s` are others than those of the model's engine."""
    found = set(patterns(json_schema()))
    assert found
    assert [text for text in found if re.search(r"\\[dDwWsSbBpP]", text)] == []
