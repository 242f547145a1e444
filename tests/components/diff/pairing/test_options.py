from __future__ import annotations

from typing import Any

import pytest

from stackwright.diff.changes import PropertyChange, PropertyKind
from stackwright.diff.pairing.options import option_changes
from stackwright.plan.graph import Resource, ResourceOptions, symbol

URN = "urn:pulumi:dev::acme::x:y:Z::one"
OLD, NEW = f"{URN}-old", f"{URN}-new"
PROVIDER = "urn:pulumi:dev::acme::pulumi:providers:aws::aws"


def resource(urn: str = URN, parent: str = "", provider: str = "", **options: Any) -> Resource:
    given = ResourceOptions(**options)
    return Resource(urn, "x:y:Z", "one", True, {}, parent=parent, provider=provider, options=given)


@pytest.mark.parametrize(
    ("before", "after", "kind", "values"),
    [
        ({}, {"protect": True}, "add", (None, True)),
        ({"protect": True}, {}, "delete", (True, None)),
        ({}, {"delete_before_replace": False}, "add", (None, False)),
        ({}, {"retain_on_delete": True}, "add", (None, True)),
        ({"ignore_changes": ("a",)}, {"ignore_changes": ("b",)}, "update", (["a"], ["b"])),
        ({}, {"custom_timeouts": {"create": "10m"}}, "add", (None, {"create": "10m"})),
        ({"replacement_trigger": 1}, {"replacement_trigger": 2}, "update", (1, 2)),
        ({}, {"hooks": ("before_create:check",)}, "add", (None, ["before_create:check"])),
    ],
)
def test_an_option_is_told_by_its_name(
    before: dict[str, Any], after: dict[str, Any], kind: str, values: tuple[Any, Any]
) -> None:
    (name,) = {*before, *after}
    found = option_changes(resource(**before), resource(**after), {})
    assert found == (PropertyChange(name, PropertyKind(kind), *values),)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"aliases": ("x",)}),
        ({}, {"version": "7.1.0"}),
        ({}, {"plugin_download_url": "https://example.com"}),
        ({}, {"import_id": "acme"}),
        ({"ignore_changes": ("a", "b")}, {"ignore_changes": ("b", "a")}),
        ({"deleted_with": OLD}, {"deleted_with": NEW}),
        ({"replace_with": (OLD,)}, {"replace_with": (NEW,)}),
        ({"providers": {"aws": OLD}}, {"providers": {"aws": NEW}}),
        ({"replacement_trigger": symbol(OLD, "id")}, {"replacement_trigger": symbol(NEW, "id")}),
        (
            {"replacement_trigger": {"$unknown": [f"{OLD}#a"]}},
            {"replacement_trigger": {"$unknown": [f"{NEW}#a"]}},
        ),
        ({"provider": OLD}, {"provider": NEW}),
        ({"parent": OLD}, {"parent": NEW}),
    ],
)
def test_what_changes_nothing_is_not_told(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert option_changes(resource(**before), resource(**after), {OLD: NEW}) == ()


def test_another_provider_and_another_parent_are_told() -> None:
    before, after = resource(provider=PROVIDER), resource(provider=NEW, parent=OLD)
    assert option_changes(before, after, {}) == (
        PropertyChange("parent", PropertyKind.ADD, after=OLD),
        PropertyChange("provider", PropertyKind.UPDATE, PROVIDER, NEW),
    )


def test_another_parent_is_not_told_where_the_urn_tells_it() -> None:
    assert option_changes(resource(OLD, parent=OLD), resource(NEW, parent=NEW), {}) == ()


def test_a_trigger_that_holds_a_secret_does_not_show_it() -> None:
    before, after = ({"password": text} for text in ("kanarienvogel-1", "kanarienvogel-2"))
    (change,) = option_changes(
        resource(replacement_trigger=before), resource(replacement_trigger=after), {}
    )
    assert change.kind is PropertyKind.UPDATE
    assert "kanarienvogel" not in repr(change)
