from __future__ import annotations

import base64
import json
import random
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from stackwright.diff.changes import PropertyChange, PropertyKind
from stackwright.diff.properties.steps import steps
from stackwright.diff.properties.values import differences, given
from stackwright.plan.graph import JsonValue, symbol

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
SECRET = "kubernetes:core/v1:Secret"  # a type
POLICY = "aws:iam/policy:Policy"
BUCKET = "urn:pulumi:dev::acme::aws:s3/bucket:Bucket::data"
RENAMED = "urn:pulumi:dev::acme::aws:s3/bucket:Bucket::lake"
ROLE = "urn:pulumi:dev::acme::aws:iam/role:Role::reader"
HIDDEN: dict[str, list[str]] = {"$secret": []}


def compared(
    before: JsonValue, after: JsonValue, type_: str = "x:y:Z", key: str = "p"
) -> list[tuple[str, str, JsonValue, JsonValue]]:
    """Return path, kind, before and after of each change of one property."""
    found = differences(type_, {key: before}, {key: after}, {})
    return [(one.path, one.kind.value, one.before, one.after) for one in found]


def test_a_value_has_its_path_and_both_sides() -> None:
    before = {"spec": {"replicas": 1, "a.b": True}, "tags": {"x": "1"}}
    after = {"spec": {"replicas": 2, "a.b": False}, "tags": {"y": None}}
    assert differences("x:y:Z", before, after, {}) == (
        PropertyChange('spec["a.b"]', PropertyKind.UPDATE, True, False),
        PropertyChange("spec.replicas", PropertyKind.UPDATE, 1, 2),
        PropertyChange("tags.x", PropertyKind.DELETE, before="1"),
        PropertyChange("tags.y", PropertyKind.ADD, after=None),
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [(1, True), (0, False), (None, ""), ({}, []), ("1", 1), ([], None), ([1], [True])],
)
def test_values_that_only_look_equal_differ(before: JsonValue, after: JsonValue) -> None:
    assert len(compared(before, after)) == 1


def test_a_container_is_named_by_its_name_wherever_it_stands() -> None:
    server = {"name": "server", "image": "a:1", "env": [{"name": "A", "value": "1"}]}
    sidecar = {"name": "sidecar", "image": "b:1"}
    changed = {**server, "env": [{"name": "B", "value": "x"}, {"name": "A", "value": "2"}]}
    assert compared([server, sidecar], [sidecar, changed], DEPLOYMENT, "containers") == [
        ("containers[name=server].env[name=B]", "add", None, {"name": "B", "value": "x"}),
        ("containers[name=server].env[name=A].value", "update", "1", "2"),
    ]


@pytest.mark.parametrize(
    ("key", "element", "path"),
    [
        (
            "ports",
            {"containerPort": 80, "protocol": "TCP", "x": 1},
            "containerPort=80,protocol=TCP",
        ),
        ("ports", {"name": "http", "containerPort": 80, "x": 1}, "name=http"),
        ("volumeMounts", {"name": "v", "mountPath": "/a b", "x": 1}, 'mountPath="/a b"'),
        ("rules", {"id": "expire", "x": 1}, "id=expire"),
        ("parameters", {"name": "rds.force_ssl", "x": 1}, "name=rds.force_ssl"),
        ("tags", {"key": "a]b", "x": 1}, 'key="a]b"'),
        ("documents", {"kind": "Job", "metadata": {"name": "n"}, "x": 1}, "kind=Job,name=n"),
    ],
)
def test_an_element_is_named_by_what_tells_it_apart(
    key: str, element: dict[str, JsonValue], path: str
) -> None:
    assert compared([element], [{**element, "x": 2}], key=key) == [
        (f"{key}[{path}].x", "update", 1, 2)
    ]
    assert len(steps(f"{key}[{path}].x")) == 3


def test_init_containers_in_another_order_run_in_another_order() -> None:
    one, two = {"name": "one"}, {"name": "two"}
    assert compared([one, two], [two, one], DEPLOYMENT, "initContainers") == [
        ("initContainers", "update", ["one", "two"], ["two", "one"])
    ]


@pytest.mark.parametrize(
    "key", ["subnetIds", "vpcSecurityGroupIds", "cidrBlocks", "verbs", "enabledClusterLogTypes"]
)
def test_a_set_has_no_order_and_its_values_come_and_go(key: str) -> None:
    assert compared(["a", "b", "c"], ["c", "a", "b"], key=key) == []
    assert compared(["a", "b"], ["c", "b"], key=key) == [
        (f"{key}[0]", "add", None, "c"),
        (f"{key}[0]", "delete", "a", None),
    ]


@pytest.mark.parametrize("key", ["command", "args", "instanceTypes"])
def test_the_order_of_arguments_has_a_meaning(key: str) -> None:
    assert compared(["a", "b"], ["b", "a"], key=key)


def test_an_element_in_front_leaves_the_others_as_they_are() -> None:
    assert compared(["a", "b", "c"], ["x", "a", "b", "c"], key="args") == [
        ("args[0]", "add", None, "x")
    ]
    assert compared(["x", "a", "b"], ["a", "B"], key="args") == [
        ("args[1]", "update", "b", "B"),
        ("args[0]", "delete", "x", None),
    ]
    routes = [{"match": [letter], "to": letter} for letter in "abc"]
    changed = {"match": ["c"], "to": "d"}
    assert compared(routes, [{"match": ["x"], "to": "x"}, *routes[:2], changed], key="routes") == [
        ("routes[0]", "add", None, {"match": ["x"], "to": "x"}),
        ("routes[3].to", "update", "c", "d"),
    ]


def test_rules_without_a_key_are_compared_whatever_their_order() -> None:
    http, https = ({"fromPort": port, "cidrBlocks": ["10.0.0.0/8"]} for port in (80, 443))
    assert compared([http, https], [https, http], key="ingress") == []
    both = {**http, "cidrBlocks": ["10.0.0.0/8", "192.168.0.0/16"]}
    swapped = {**http, "cidrBlocks": ["192.168.0.0/16", "10.0.0.0/8"]}
    assert compared([both, https], [https, swapped], key="ingress") == []
    wider = {**https, "cidrBlocks": ["0.0.0.0/0", "10.0.0.0/8"]}
    assert compared([http, https], [wider, http], key="ingress") == [
        ("ingress[0].cidrBlocks[0]", "add", None, "0.0.0.0/0")
    ]


def policy(*statements: JsonValue) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def test_a_policy_is_compared_by_what_it_says() -> None:
    arn = symbol(BUCKET, "arn")
    read = {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{arn}/*"}
    write = {"Sid": "Write", "Effect": "Allow", "Action": ["s3:PutObject"], "Resource": f"{arn}/*"}
    same = {**read, "Action": ["s3:GetObject"]}
    more = {**write, "Action": ["s3:DeleteObject", "s3:PutObject"]}
    assert compared(policy(read, write), policy(write, same), POLICY, "policy") == []
    assert compared(policy(read, write), policy(more, same), POLICY, "policy") == [
        ("policy.Statement[Sid=Write].Action[0]", "add", None, "s3:DeleteObject")
    ]


def test_statements_without_a_name_are_compared_whatever_their_order() -> None:
    read = {"Effect": "Allow", "Action": ["a", "b"], "Resource": "*"}
    write = {"Effect": "Allow", "Action": "c", "Resource": "*"}
    backwards = {**read, "Action": ["b", "a"]}
    assert compared(policy(read, write), policy(write, backwards), POLICY, "policy") == []
    assert compared(policy(read), json.dumps({"Version": "2012-10-17", "Statement": read})) == []
    as_list = {**write, "Action": ["c"], "Resource": ["*"]}
    assert compared(policy(read, write), policy(as_list, backwards), POLICY, "policy") == []
    wider = {**backwards, "Action": ["d", "b", "a"]}
    assert compared(policy(read, write), policy(as_list, wider), POLICY, "policy") == [
        ("policy.Statement[1].Action[0]", "add", None, "d")
    ]


def test_yaml_is_compared_by_what_it_says_and_a_comment_is_noise() -> None:
    before = "server:\n  port: 80 # plain\n  hosts: [a, b]\n"
    written = "# first\nserver:\n  hosts:\n    - a\n    - b\n  port: 80\n"
    found = differences(CONFIG_MAP, {"data": {"c": before}}, {"data": {"c": written}}, {})
    assert [(one.path, one.noise) for one in found] == [("data.c", "formatting")]
    assert compared(before, written, "aws:x/y:Z", "text") == []
    changed = written.replace("80", "443")
    assert compared(before, changed, CONFIG_MAP, "text") == [
        ("text.server.port", "update", 80, 443)
    ]


def test_a_text_that_is_no_data_is_compared_as_it_is() -> None:
    before, after = "set -e\nrun one\n", "set -e\nrun two\n"
    assert compared(before, after) == [("p", "update", before, after)]
    assert compared('{"a": 1}', "plain") == [("p", "update", '{"a": 1}', "plain")]


def test_values_that_are_known_later_are_equal_when_their_origins_are() -> None:
    one: JsonValue = {"$unknown": [f"{BUCKET}#size"]}
    assert compared(one, {"$unknown": [f"{BUCKET}#size"]}) == []
    other = {"$unknown": [f"{BUCKET}#count"]}
    assert compared(one, other) == [("p", "update", one, other)]
    assert compared(one, 3) == [("p", "update", one, 3)]


def test_a_secret_is_told_by_its_references() -> None:
    one: JsonValue = {"$secret": [f"{BUCKET}#password"]}
    other: JsonValue = {"$secret": [f"{ROLE}#password"]}
    assert compared(one, dict(one)) == []
    assert compared(one, other) == [("p", "update", one, other)]


def test_outputs_of_what_an_alias_renamed_are_the_same_outputs() -> None:
    def inputs(urn: str) -> dict[str, JsonValue]:
        return {
            "bucket": symbol(urn, "id"),
            "policy": policy({"Resource": f"{symbol(urn, 'arn')}/*"}),
            "size": {"$unknown": sorted([f"{ROLE}#a", f"{urn}#size"])},
            "key": {"$secret": [f"{urn}#key"]},
        }

    assert differences("x:y:Z", inputs(BUCKET), inputs(RENAMED), {BUCKET: RENAMED}) == ()
    assert len(differences("x:y:Z", inputs(BUCKET), inputs(RENAMED), {})) == 4


def test_noise_is_told_with_its_reason_beside_what_matters() -> None:
    def pod(tag: str, digest: str, size: int) -> dict[str, JsonValue]:
        image = f"ghcr.io/acme/churn:{tag}@sha256:{digest * 64}"
        return {"containers": [{"name": "a", "image": image}], "replicas": size}

    found = differences(DEPLOYMENT, pod("1", "a", 1), pod("1", "b", 2), {})
    assert [(one.path, one.noise) for one in found] == [
        ("containers[name=a].image", "image digest"),
        ("replicas", ""),
    ]
    (tag,) = differences(DEPLOYMENT, pod("1", "a", 1), pod("2", "b", 1), {})
    assert tag.noise == ""


def test_what_is_new_or_gone_has_one_change_for_each_input() -> None:
    inputs = {"b": {"c": 1}, "a": "x"}
    assert given("x:y:Z", inputs, PropertyKind.ADD) == (
        PropertyChange("a", PropertyKind.ADD, after="x"),
        PropertyChange("b", PropertyKind.ADD, after={"c": 1}),
    )
    assert given("x:y:Z", inputs, PropertyKind.DELETE)[0].before == "x"


def test_the_data_of_a_secret_is_told_by_its_keys_alone() -> None:
    before = {"data": {"kept": "QQ==", "old": "Qg==", "user": "Qw=="}, "type": "Opaque"}
    after = {"data": {"kept": "QQ==", "new": "Qg==", "user": "RA=="}, "type": "Opaque"}
    assert differences(SECRET, before, after, {}) == (
        PropertyChange("data.new", PropertyKind.ADD, after=HIDDEN),
        PropertyChange("data.old", PropertyKind.DELETE, before=HIDDEN),
        PropertyChange("data.user", PropertyKind.UPDATE, HIDDEN, HIDDEN),
    )


def test_what_the_program_hides_is_told_without_its_value() -> None:
    before: dict[str, JsonValue] = {
        "spec": {"seed": "abc", "size": 1},
        "list": [{"a": 1}, {"a": 2}],
    }
    after: dict[str, JsonValue] = {"spec": {"seed": "xyz", "size": 2}, "list": [{"a": 3}, {"a": 2}]}
    assert differences("x:y:Z", before, after, {}, ["spec.seed", "list[*].a"]) == (
        PropertyChange("list[0].a", PropertyKind.UPDATE, HIDDEN, HIDDEN),
        PropertyChange("spec.seed", PropertyKind.UPDATE, HIDDEN, HIDDEN),
        PropertyChange("spec.size", PropertyKind.UPDATE, 1, 2),
    )


def test_a_long_text_shows_where_it_differs() -> None:
    before = "".join(f"line {index}\n" for index in range(2000))
    ((_, _, shown_before, shown_after),) = compared(before, before.replace("e 1500\n", "e x\n"))
    assert "line 1500\n" in shown_before
    assert "line x\n" in shown_after
    assert max(len(shown_before), len(shown_after)) < 2100
    assert f"({len(before)} characters in all)" in shown_before


def test_values_that_are_nested_very_deeply_are_compared_as_a_whole() -> None:
    def nested(bottom: str) -> JsonValue:
        return json.loads("[" * 400 + f'"{bottom}"' + "]" * 400)

    assert compared(nested("a"), nested("a")) == []
    ((path, kind, before, after),) = compared(nested("a"), nested("b"))
    assert path.startswith("p[0][0]")
    assert (kind, before, after) == ("update", HIDDEN, HIDDEN)


# Keys that name no secret, no set and nothing that tells elements apart.
_keys = st.sampled_from(["a", "b", "c.d", 'e"f', "g h", "x[0]", ""])
_plain = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "s", "t: u", "{"])
_json = st.recursive(
    _plain, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(_keys, inner, max_size=4)
)
_inputs = st.dictionaries(_keys, _json, max_size=4)


@drawn(_inputs)
def test_nothing_differs_from_itself(inputs: dict[str, JsonValue]) -> None:
    assert differences("x:y:Z", inputs, json.loads(json.dumps(inputs)), {}) == ()


@drawn(_inputs, _inputs)
def test_the_changes_make_the_later_side_from_the_earlier(
    before: dict[str, JsonValue], after: dict[str, JsonValue]
) -> None:
    changes = differences("x:y:Z", before, after, {})
    applied = _applied(before, [(_positions(change.path), change) for change in changes])
    assert json.dumps(applied, sort_keys=True) == json.dumps(after, sort_keys=True)


_named = st.dictionaries(st.sampled_from(["a", "b", "image"]), _plain, max_size=3)


@drawn(st.dictionaries(st.text("xyz", min_size=1, max_size=3), _named, max_size=6), st.randoms())
def test_another_order_of_keys_and_of_keyed_elements_is_no_change(
    elements: dict[str, dict[str, JsonValue]], chance: random.Random
) -> None:
    env = [{"name": name, **values} for name, values in elements.items()]
    before = {"env": env, "text": json.dumps({"env": env, "more": elements})}
    shuffled = [_shuffled(one, chance) for one in chance.sample(env, len(env))]
    text = json.dumps(
        {"more": _shuffled(elements, chance), "env": shuffled}, indent=chance.randint(0, 3)
    )
    assert differences("x:y:Z", before, {"text": text, "env": shuffled}, {}) == ()


_mixed = st.fixed_dictionaries(
    {},
    optional={
        "env": st.dictionaries(st.sampled_from("xyz"), _named).map(
            lambda found: [{"name": name, **values} for name, values in found.items()]
        ),
        "subnetIds": st.lists(st.sampled_from("abcd"), unique=True),
        "args": st.lists(st.sampled_from("ab"), max_size=4),
        "ingress": st.lists(st.fixed_dictionaries({"cidrBlocks": st.just(["a"]), "n": _plain})),
        "text": _json.map(json.dumps),
    },
)


@drawn(_mixed, _mixed)
def test_nothing_is_told_only_where_both_sides_mean_the_same(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    same = _meaning(before) == _meaning(after)
    assert (differences("x:y:Z", before, after, {}) == ()) is same


def _meaning(inputs: dict[str, Any]) -> str:
    """Return inputs in one order, where the order means nothing."""
    found = dict(inputs)
    for key in ("env", "subnetIds", "ingress"):
        if key in found:
            found[key] = sorted(json.dumps(one, sort_keys=True) for one in found[key])
    if "text" in found and found["text"][0] in "{[":
        found["text"] = json.loads(found["text"])
    return json.dumps(found, sort_keys=True)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


CANARY = "Kanarienvogel-4711"
SECRET_PLACES: list[tuple[str, JsonValue]] = [
    (SECRET, {"data": {"k": encoded(CANARY)}}),
    (SECRET, {"stringData": {"name": CANARY}}),
    (SECRET, {"stringData": {"config": f"name: {CANARY}\nkind: x\n"}}),
    ("kubernetes:core/v1:List", {"items": [{"kind": "Secret", "stringData": {"k": CANARY}}]}),
    (DEPLOYMENT, {"env": [{"name": "DB_PASSWORD", "value": CANARY}]}),
    (DEPLOYMENT, {"env": [{"name": "GITHUB_TOKEN", "value": CANARY}]}),
    (DEPLOYMENT, {"env": [{"name": "URL", "value": f"postgres://user:{CANARY}@host/db"}]}),
    (DEPLOYMENT, {"args": ["--password", CANARY]}),
    (DEPLOYMENT, {"args": [f"--db-password={CANARY}"]}),
    (DEPLOYMENT, {"command": ["sh", "-c", f"export TOKEN={CANARY}\nrun"]}),
    ("kubernetes:helm.sh/v3:Release", {"values": {"auth": {"adminPassword": CANARY}}}),
    ("kubernetes:helm.sh/v3:Release", {"values": {"extra": f"db:\n  password: {CANARY}\n"}}),
    (CONFIG_MAP, {"data": {"c.json": json.dumps({"client_secret": CANARY, "a": [1] * 9})}}),
    (CONFIG_MAP, {"data": {"c.ini": f"[db]\npassword = {CANARY}\n"}}),
    (CONFIG_MAP, {"data": {"e.yaml": f"env:\n- name: API_TOKEN\n  value: {CANARY}\n"}}),
    (CONFIG_MAP, {"data": {"d.json": json.dumps({"auths": {"r": {"auth": encoded(CANARY)}}})}}),
    ("aws:ec2/launchTemplate:LaunchTemplate", {"userData": encoded(f"TOKEN={CANARY}\n")}),
    ("aws:rds/instance:Instance", {"password": CANARY}),
    ("aws:secretsmanager/secretVersion:SecretVersion", {"secretString": CANARY}),
    ("pulumi:providers:aws", {"secretKey": CANARY, "token": CANARY}),
]


@pytest.mark.parametrize(("type_", "inputs"), SECRET_PLACES)
@pytest.mark.parametrize("other", [{}, None])
def test_no_secret_leaves_and_its_change_is_told(
    type_: str, inputs: dict[str, JsonValue], other: dict[str, JsonValue] | None
) -> None:
    text = json.dumps(inputs).replace(CANARY, "another-value-4712")
    for before in (CANARY, f"TOKEN={CANARY}\n"):
        after = before.replace(CANARY, "another-value-4712")
        text = text.replace(encoded(before), encoded(after))
    rotated = json.loads(text)
    later = rotated if other is None else other
    found = [
        *differences(type_, inputs, later, {}),
        *differences(type_, later, inputs, {}),
        *given(type_, inputs, PropertyKind.ADD),
        *given(type_, inputs, PropertyKind.DELETE),
    ]
    assert differences(type_, inputs, later, {})
    _assert_without(CANARY, found)


@drawn(st.text(min_size=8, max_size=40), st.text(min_size=8, max_size=40))
def test_no_data_of_a_secret_leaves_whatever_it_is(one: str, other: str) -> None:
    first, second = ({"stringData": {"key": f"<{text}>"}} for text in (one, other))
    for change in (
        *differences(SECRET, first, second, {}),
        *given(SECRET, first, PropertyKind.ADD),
    ):
        assert (change.before, change.after) in [
            (HIDDEN, HIDDEN),
            (None, {"key": HIDDEN}),
        ]


def _assert_without(secret: str, found: list[PropertyChange]) -> None:
    text = repr(found) + json.dumps([[one.path, one.before, one.after] for one in found])
    assert secret not in text
    for offset in range(3):
        assert encoded(" " * offset + secret)[4:-4] not in text


def _shuffled(mapping: Mapping[str, Any], chance: random.Random) -> dict[str, Any]:
    return dict(chance.sample(list(mapping.items()), len(mapping)))


def _positions(path: str) -> list[str | int]:
    """Return keys and positions of a path without keyed elements."""
    found: list[str | int] = []
    rest = path
    while rest:
        if rest.startswith('["'):
            key, length = json.JSONDecoder().raw_decode(rest[1:])
            found.append(key)
            rest = rest[length + 2 :]
        elif rest.startswith("["):
            inside, _, rest = rest[1:].partition("]")
            found.append(int(inside))
        else:
            plain = rest.removeprefix(".")
            end = min((plain.find(mark) for mark in ".[" if mark in plain), default=len(plain))
            found.append(plain[:end])
            rest = plain[end:]
    return found


def _applied(value: Any, changes: list[tuple[list[str | int], PropertyChange]]) -> Any:
    here = [change for where, change in changes if not where]
    if here:
        return here[0].after
    if not changes:
        return value
    below: dict[Any, list[tuple[list[str | int], PropertyChange]]] = {}
    ends: dict[PropertyKind, set[Any]] = {kind: set() for kind in PropertyKind}
    for (step, *rest), change in changes:
        if not rest and change.kind is not PropertyKind.UPDATE:
            ends[change.kind].add(step)
        if rest or change.kind is not PropertyKind.DELETE:
            below.setdefault(step, []).append((rest, change))
    if isinstance(value, list):
        result: Any = [
            one for index, one in enumerate(value) if index not in ends[PropertyKind.DELETE]
        ]
        for index in sorted(ends[PropertyKind.ADD]):
            result.insert(index, None)
    else:
        result = {k: one for k, one in value.items() if k not in ends[PropertyKind.DELETE]}
    for step, inner in below.items():
        earlier = result[step] if isinstance(result, list) else result.get(step)
        result[step] = _applied(earlier, inner)
    return result
