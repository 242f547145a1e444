from __future__ import annotations

from stackwright.blueprint.model import blueprint_model
from stackwright.blueprint.reader import parse
from stackwright.blueprint.validation import validate
from stackwright.claims import Layer
from stackwright.resolution import Finding, Part, Resolution
from stackwright.resolver import resolve


def resolved(text: str, broken: frozenset[str] = frozenset()) -> tuple[Resolution, list[Finding]]:
    root = parse(text, "blueprint.yaml").root
    return resolve(validate(blueprint_model(), root, "blueprint.yaml"), broken)


def answers(resolution: Resolution) -> dict[str, str]:
    return {use.key: use.provider.instance for use in resolution.uses}


def test_default_tools_are_added_for_who_needs_them(planted: str) -> None:
    resolution, findings = resolved(f"{planted}tracking: {{kind: tracker}}\n")
    assert findings == []
    assert {name: found.assumed for name, found in resolution.instances.items()} == {
        "database": True,
        "storage": True,
        "tracking": False,
    }
    assert answers(resolution) == {
        "database-backups": "storage",
        "tracking-artifacts": "storage",
        "tracking-backend": "database",
    }


def test_a_default_tool_has_the_defaults_of_the_profile(planted: str) -> None:
    text = f"{planted}profile: development\ntracking: {{kind: tracker}}\n"
    resolution, _ = resolved(text)
    assert resolution.instances["storage"].settings.model_dump()["copies"] == 1


def test_what_is_written_answers_before_a_default_tool(planted: str) -> None:
    text = f"{planted}tracking: {{kind: tracker}}\nstorage: {{main: {{kind: vault}}}}\n"
    resolution, findings = resolved(text)
    assert findings == []
    assert answers(resolution)["tracking-artifacts"] == "main"
    assert "storage" not in resolution.instances


def test_an_optional_need_is_met_only_by_what_is_written(planted: str) -> None:
    without, _ = resolved(f"{planted}tracking: {{kind: tracker}}\n")
    beside, _ = resolved(f"{planted}tracking: {{kind: tracker}}\nmonitoring: {{kind: watch}}\n")
    assert "monitoring" not in without.instances
    assert answers(beside)["tracking-monitoring"] == "monitoring"


def test_several_that_could_answer_need_a_word(planted: str) -> None:
    text = (
        f"{planted}storage: {{hot: {{kind: store}}, cold: {{kind: vault}}}}\n"
        "database: {kind: base}\n"
    )
    assert resolved(text)[1] == [
        (
            ("database",),
            "there are several instances of storage: cold and hot."
            " Say which one with `uses: {backups: cold}`.",
        )
    ]
    chosen = text.replace("{kind: base}", "{kind: base, uses: {backups: cold}}")
    resolution, findings = resolved(chosen)
    assert (answers(resolution), findings) == ({"database-backups": "cold"}, [])


def test_among_several_the_one_called_like_the_capability_answers(planted: str) -> None:
    text = (
        f"{planted}storage: {{storage: {{kind: store}}, cold: {{kind: vault}}}}\n"
        "database: {kind: base}\n"
    )
    resolution, findings = resolved(text)
    assert (answers(resolution), findings) == ({"database-backups": "storage"}, [])


def test_an_instance_that_is_not_there_is_told_where_it_is_named(planted: str) -> None:
    text = (
        f"{planted}storage: {{hot: {{kind: store}}, cold: {{kind: vault}}}}\n"
        "database: {kind: base, uses: {backups: colt}}\n"
    )
    assert resolved(text)[1] == [
        (
            ("database", "uses", "backups"),
            'no storage is called "colt"; allowed is cold or hot. Did you mean cold?',
        )
    ]


def test_a_need_that_a_tool_does_not_have_is_told(planted: str) -> None:
    text = f"{planted}tracking: {{kind: tracker, uses: {{artefacts: storage}}}}\n"
    assert resolved(text)[1] == [
        (
            ("tracking", "uses", "artefacts"),
            'tracker has no need called "artefacts"; allowed is artifacts, backend or'
            " monitoring. Did you mean artifacts?",
        )
    ]


def test_a_missing_capability_is_told_once_for_all_who_need_it(planted: str) -> None:
    text = f"{planted}serving: {{a: {{kind: guard}}, b: {{kind: guard}}}}\n"
    assert resolved(text)[1] == [
        (
            ("serving", "a"),
            "guard needs certificates, and the blueprint has none."
            " Add `certificates:` with kind mirror.",
        )
    ]


def test_nothing_is_said_about_a_broken_capability(planted: str) -> None:
    text = f"{planted}serving: {{kind: guard}}\n"
    assert resolved(text, frozenset({"certificates"}))[1] == []


def test_a_tool_of_another_target_is_refused_without_its_needs(planted: str) -> None:
    text = (
        "apiVersion: stackwright/v1\nname: acme\ntarget: {kind: existing-cluster}\n"
        "tracking: {kind: tracker}\n"
    )
    assert resolved(text)[1] == [
        (
            ("tracking", "kind"),
            "tracker cannot be used with target existing-cluster; leave it out.",
        )
    ]


def test_a_circle_is_told_with_all_that_are_in_it(planted: str) -> None:
    text = f"{planted}serving: {{kind: guard}}\ncertificates: {{kind: mirror}}\n"
    assert resolved(text)[1] == [
        (
            ("certificates",),
            "tools need each other in a circle: certificates -> serving -> certificates.",
        )
    ]


def test_two_instances_never_share_a_name(planted: str) -> None:
    text = f"{planted}storage: {{main: {{kind: store}}}}\ntracking: {{main: {{kind: tracker}}}}\n"
    assert (
        ("tracking", "main"),
        "main is already the name of an instance of storage;"
        " every instance of a blueprint has its own name.",
    ) in resolved(text)[1]


def test_an_instance_is_not_called_like_another_capability(planted: str) -> None:
    text = f"{planted}storage: {{database: {{kind: store}}}}\n"
    assert resolved(text)[1] == [
        (
            ("storage", "database"),
            "database is the name of another capability;"
            " call this instance of storage something else.",
        )
    ]


def test_the_order_of_the_file_changes_nothing(planted: str) -> None:
    one, _ = resolved(f"{planted}tracking: {{kind: tracker}}\nstorage: {{kind: vault}}\n")
    other, _ = resolved(f"{planted}storage: {{kind: vault}}\ntracking: {{kind: tracker}}\n")
    assert (one.instances, one.uses, one.order) == (other.instances, other.uses, other.order)
    assert one.order == (
        Part(Layer.FOUNDATION, "storage"),
        Part(Layer.FOUNDATION, "database"),
        Part(Layer.PLATFORM, "tracking"),
    )
