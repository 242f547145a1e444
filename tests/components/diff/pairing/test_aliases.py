from __future__ import annotations

import pytest

from stackwright.diff.pairing.aliases import MOST, aliased, inherited_urn
from stackwright.plan.graph import JsonValue, Resource, ResourceOptions

PREFIX = "urn:pulumi:dev::acme::"
STACK = f"{PREFIX}pulumi:pulumi:Stack::acme-dev"


def resource(
    chain: str, name: str, *aliases: JsonValue, parent: str = STACK, prefix: str = PREFIX
) -> Resource:
    type_ = chain.rpartition("$")[2]
    options = ResourceOptions(aliases=aliases)
    return Resource(
        f"{prefix}{chain}::{name}", type_, name, True, {}, parent=parent, options=options
    )


def urns(earlier: list[Resource], later: list[Resource]) -> dict[str, str]:
    return aliased({one.urn: one for one in earlier}, {one.urn: one for one in later})


@pytest.mark.parametrize(
    ("alias", "earlier"),
    [
        (f"{PREFIX}a:b:C::old", f"{PREFIX}a:b:C::old"),
        ({"name": "old"}, f"{PREFIX}a:b:C::old"),
        ({"type": "a:b:Old"}, f"{PREFIX}a:b:Old::new"),
        ({"project": "before"}, "urn:pulumi:dev::before::a:b:C::new"),
        ({"stack": "test"}, "urn:pulumi:test::acme::a:b:C::new"),
        ({"parent": f"{PREFIX}x:y:Z::top"}, f"{PREFIX}x:y:Z$a:b:C::new"),
        ({"no_parent": True, "name": "old"}, f"{PREFIX}a:b:C::old"),
        ({"parent": STACK, "name": "old"}, f"{PREFIX}a:b:C::old"),
    ],
)
def test_an_alias_names_an_earlier_urn_whole_or_by_its_parts(
    alias: JsonValue, earlier: str
) -> None:
    gone = Resource(earlier, "a:b:C", "old", True, {})
    later = resource("a:b:C", "new", alias)
    assert urns([gone], [later]) == {earlier: later.urn}


def test_a_urn_of_both_sides_stays_itself_whatever_an_alias_says() -> None:
    stays, other = resource("a:b:C", "old"), resource("a:b:C", "new", {"name": "old"})
    assert urns([stays], [other, stays]) == {stays.urn: stays.urn}


def test_two_resources_cannot_take_over_from_the_same_one() -> None:
    gone = resource("a:b:C", "old")
    first, second = (resource("a:b:C", name, {"name": "old"}) for name in ("one", "two"))
    assert urns([gone], [first, second]) == {gone.urn: first.urn}


def test_a_child_inherits_the_aliases_of_all_components_above_it() -> None:
    top = resource("x:y:Top", "new", {"name": "old"})
    middle = resource("x:y:Top$x:y:Middle", "new-middle", parent=top.urn)
    leaf = resource("x:y:Top$x:y:Middle$a:b:C", "leaf", {"type": "a:b:Old"}, parent=middle.urn)
    gone = [
        resource("x:y:Top", "old"),
        resource("x:y:Top$x:y:Middle", "old-middle"),
        resource("x:y:Top$x:y:Middle$a:b:Old", "leaf"),
    ]
    assert urns(gone, [top, middle, leaf]) == {
        gone[0].urn: top.urn,
        gone[1].urn: middle.urn,
        gone[2].urn: leaf.urn,
    }


def test_a_child_that_was_named_after_its_component_had_its_earlier_name() -> None:
    child = f"{PREFIX}x:y:Z$a:b:C::lake-data"
    parent, alias = f"{PREFIX}x:y:Z::lake", f"{PREFIX}x:y:Old::files"
    assert inherited_urn(child, parent, alias) == f"{PREFIX}x:y:Old$a:b:C::files-data"
    other = f"{PREFIX}x:y:Z$a:b:C::data"
    assert inherited_urn(other, parent, alias) == f"{PREFIX}x:y:Old$a:b:C::data"


@pytest.mark.parametrize("alias", ["", "nonsense", "urn:pulumi:", {"parent": "nonsense"}, {}, None])
def test_an_alias_that_names_nothing_is_passed_over(alias: JsonValue) -> None:
    assert urns([resource("a:b:C", "old")], [resource("a:b:C", "new", alias)]) == {}


def test_aliases_of_nested_components_are_followed_up_to_a_limit() -> None:
    many = [{"name": f"old-{index}"} for index in range(40)]
    top = resource("x:y:Top", "new", *many)
    middle = resource("x:y:Top$x:y:Middle", "middle", *many, parent=top.urn)
    leaf = resource("x:y:Top$x:y:Middle$a:b:C", "leaf", *many, parent=middle.urn)
    last = resource("x:y:Top$x:y:Middle$a:b:C", f"old-{len(many) - 1}")
    assert len(many) < MOST < len(many) ** 2
    assert urns([last], [top, middle, leaf]) == {last.urn: leaf.urn}
