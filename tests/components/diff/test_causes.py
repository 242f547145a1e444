"""The keys of the blueprint that differ, with their lines and where they reach."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackwright.blueprint.document import Document, Mark, Node
from stackwright.blueprint.reader import parse
from stackwright.diff.causes import causes, without_secrets
from stackwright.diff.model import BlueprintChange

BASE = """\
apiVersion: stackwright/v1
name: acme-ml
target: {kind: aws, region: eu-west-1, account: "210987654321"}
storage: {kind: s3}
tracking: {kind: mlflow, replicas: 2}
serving:
  online: {kind: kserve, max_cpu: 8}
environments:
  dev: {tracking: {replicas: 1}}
  prod: {}
"""


def changed(old: str, new: str, base: str = BASE) -> tuple[BlueprintChange, ...]:
    """Return the causes when a text of the blueprint becomes another one."""
    assert old in base
    return causes(parse(base, "old.yaml"), parse(base.replace(old, new), "new.yaml"))


def test_a_changed_key_is_named_by_its_full_path_and_line() -> None:
    assert changed("replicas: 2", "replicas: 3") == (
        BlueprintChange(
            path="tracking.replicas",
            before=2,
            after=3,
            file="new.yaml",
            line=5,
            removed=False,
            tool="tracking",
            environments=("prod",),
        ),
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("storage: {kind: s3}", "storage: {kind: s3}  # a comment"),
        ("{kind: mlflow, replicas: 2}", "{replicas: 2, kind: mlflow}"),
        ("storage: {kind: s3}\n", "storage:\n  kind: s3\n"),
        (
            "  dev: {tracking: {replicas: 1}}\n  prod: {}",
            "  prod: {}\n  dev: {tracking: {replicas: 1}}",
        ),
        ("eu-west-1", '"eu-west-1"'),
    ],
)
def test_order_comments_and_layout_are_no_cause(old: str, new: str) -> None:
    assert changed(old, new) == ()


def test_a_new_capability_is_one_cause_at_its_key() -> None:
    (found,) = changed(
        "storage: {kind: s3}\n", "storage: {kind: s3}\nmonitoring: {kind: x, a: 1}\n"
    )
    assert (found.path, found.before, found.after) == ("monitoring", None, {"kind": "x", "a": 1})
    assert (found.tool, found.environments) == ("monitoring", ("dev", "prod"))


def test_each_new_tool_of_a_capability_is_a_cause() -> None:
    with_two = BASE.replace(
        "  online: {kind: kserve, max_cpu: 8}", "  a: {kind: x}\n  b: {kind: y}"
    )
    found = causes(
        parse(BASE.replace("serving:\n  online: {kind: kserve, max_cpu: 8}\n", ""), ""),
        parse(with_two, ""),
    )
    assert [(one.path, one.tool, one.line) for one in found] == [
        ("serving.a", "a", 7),
        ("serving.b", "b", 8),
    ]


def test_a_removed_key_stands_in_the_earlier_file_and_comes_last() -> None:
    head = BASE.replace("storage: {kind: s3}\n", "").replace("max_cpu: 8", "max_cpu: 9")
    found = causes(parse(BASE, "old.yaml"), parse(head, "new.yaml"))
    assert [(one.path, one.file, one.line, one.removed) for one in found] == [
        ("serving.online.max_cpu", "new.yaml", 6, False),
        ("storage", "old.yaml", 4, True),
    ]


def test_another_kind_of_tool_is_one_cause() -> None:
    (found,) = changed("{kind: mlflow, replicas: 2}", "{kind: other, replicas: 3}")
    assert found.path == "tracking"
    assert found.before == {"kind": "mlflow", "replicas": 2}
    assert found.after == {"kind": "other", "replicas": 3}


def test_an_override_reaches_its_environment_only() -> None:
    (found,) = changed("prod: {}", "prod: {serving: {online: {max_cpu: 64}}}")
    assert (found.path, found.tool) == ("environments.prod.serving.online.max_cpu", "online")
    assert found.environments == ("prod",)


def test_an_override_of_a_key_names_its_tool() -> None:
    (found,) = changed("replicas: 1", "replicas: 4")
    assert (found.path, found.tool) == ("environments.dev.tracking.replicas", "tracking")
    assert found.environments == ("dev",)


def test_a_key_that_every_environment_overrides_reaches_none() -> None:
    base = BASE.replace("prod: {}", "prod: {tracking: {replicas: 5}}")
    (found,) = changed("replicas: 2", "replicas: 3", base)
    assert found.environments == ()


def test_a_key_moved_into_the_environments_reaches_none_of_them() -> None:
    head = BASE.replace(", replicas: 2", "").replace("prod: {}", "prod: {tracking: {replicas: 2}}")
    found = causes(parse(BASE, ""), parse(head, ""))
    assert [(one.path, one.environments) for one in found] == [
        ("environments.prod.tracking.replicas", ("prod",)),
        ("tracking.replicas", ()),
    ]


def test_what_all_tools_share_has_no_tool_and_reaches_all() -> None:
    (found,) = changed("eu-west-1", "eu-west-2")
    assert (found.path, found.tool) == ("target.region", "")
    assert found.environments == ("dev", "prod")


def test_a_new_environment_is_one_cause() -> None:
    (found,) = changed("  prod: {}", "  prod: {}\n  staging: {tracking: {replicas: 1}}")
    assert (found.path, found.environments) == ("environments.staging", ("staging",))


def test_the_first_environments_are_a_cause_each() -> None:
    head = parse(BASE, "")
    base = parse(BASE.partition("environments:")[0], "")
    assert [one.path for one in causes(base, head)] == ["environments.dev", "environments.prod"]


def test_a_list_is_one_value_and_its_line_that_of_the_first_difference() -> None:
    base = BASE + "labels:\n  x: y\nnetwork:\n  kind: vpc\n  zones:\n    - a\n    - b\n"
    (found,) = changed("    - b\n", "    - b\n    - c\n", base)
    assert (found.path, found.before, found.after) == (
        "network.zones",
        ["a", "b"],
        ["a", "b", "c"],
    )
    assert found.line == 18


def test_true_and_one_are_two_values() -> None:
    (found,) = changed("max_cpu: 8", "max_cpu: true", BASE.replace("max_cpu: 8", "max_cpu: 8"))
    assert found.after is True
    assert len(changed("max_cpu: 8", "max_cpu: '8'")) == 1


def test_a_text_that_looks_like_a_secret_is_not_repeated() -> None:
    (found,) = changed("max_cpu: 8", "max_cpu: ghp_" + "a" * 36)
    assert found.after == "[redacted]"


def test_a_whole_new_blueprint_has_a_cause_for_each_key() -> None:
    found = causes(None, parse(BASE, "new.yaml"))
    assert [one.path for one in found] == [
        "apiVersion",
        "name",
        "target",
        "storage",
        "tracking",
        "serving.online",
        "environments.dev",
        "environments.prod",
    ]
    assert all(one.before is None for one in found)


@pytest.mark.parametrize(
    "value",
    [
        '"--password=canary --verbose"',
        '"[db]\\npassword = canary"',
        '"{\\"password\\": \\"canary\\"}"',
        '["--db-password", canary]',
        '["--verbose", "--token=canary"]',
        '"Server=x;User=a;Password=canary;"',
    ],
)
def test_a_secret_inside_a_text_is_not_repeated(value: str) -> None:
    values = f"helm_values: {{extra: {value}}}"
    (cause,) = changed("max_cpu: 8}", f"max_cpu: 8, {values}}}")
    assert "canary" not in json.dumps(cause.after)
    assert "canary" not in json.dumps(without_secrets({"a": [cause.after]}))


def test_what_says_where_a_secret_is_kept_is_shown() -> None:
    kept = {"API_KEY": {"from": "kubernetes", "namespace": "a", "name": "b", "key": "token"}}
    assert without_secrets({"secret_env": kept}) == {"secret_env": kept}


scalars = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["a", "1", "true"])
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abck"), inner),
    max_leaves=12,
)


def node(value: Any) -> Node:
    if isinstance(value, dict):
        return Node(Mark(1, 1), {key: node(item) for key, item in value.items()})
    if isinstance(value, list):
        return Node(Mark(1, 1), [node(item) for item in value])
    return Node(Mark(1, 1), value)


@given(st.dictionaries(st.sampled_from("abck"), trees))
def test_nothing_differs_from_itself(tree: dict[str, Any]) -> None:
    assert causes(Document("", node(tree)), Document("", node(tree))) == ()


@given(
    st.dictionaries(st.sampled_from("abck"), trees), st.dictionaries(st.sampled_from("abck"), trees)
)
def test_what_differs_has_a_cause_both_ways(one: dict[str, Any], other: dict[str, Any]) -> None:
    there = causes(Document("", node(one)), Document("", node(other)))
    back = causes(Document("", node(other)), Document("", node(one)))
    assert bool(there) == (json.dumps(one, sort_keys=True) != json.dumps(other, sort_keys=True))
    assert sorted(item.path for item in there) == sorted(item.path for item in back)
