from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.components.report.diff.diffs import (
    CONFIG_MAP,
    CRD,
    DEPLOYMENT,
    HEAD,
    RDS,
    ROLE_POLICY,
    cause,
    change,
    database,
    diff,
    environment,
    grave,
    large,
    loss,
    updated,
    urn,
)
from tests.components.report.diff.reading import REFERENCE, read

from stackwright.diff.codec import from_json, to_json
from stackwright.diff.model import (
    AccessChange,
    Action,
    Allowance,
    Diff,
    Direction,
    Effect,
    Evidence,
    MatrixRow,
    Order,
    Presence,
    PropertyChange,
    PropertyKind,
    Replacement,
    Risk,
)
from stackwright.report.diff.markdown import markdown, sections

OURS = {
    *("p", "strong", "em", "code", "pre", "hr", "sub", "br", "b", "details", "summary"),
    *("blockquote", "ul", "ol", "li", "h2", "h3", "h4"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}

HOSTILE = (
    "</summary></details><script>alert(1)</script>",
    "```\n# heading\n```diff",
    "~~~\n| a | b |\n| - | - |",
    "@everyone @org/team #12 org/repo#12 GH-12 !7 ~bug %3 $9 &4 :tada:",
    "https://evil.example www.evil.example <https://evil.example>",
    "![x](https://evil.example/x.png) [click](javascript:alert)",
    "<!-- marker --> \u202e\u2066 \x1b[31m \r\n> [!CAUTION]",
    "a|b|c `x` ``y`` \\` **bold** __bold__ 1. one",
    "${output:urn:pulumi:prod::p::t::n#<b>} {0} {{ }}",
)

texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.sampled_from("`|<>@#*_[]()!~-+=:/&;\\{}$%^.\n\r\u202e aG1"), max_size=40),
)


def with_text(item: Any, text: str) -> Any:
    """Return `item` with `text` behind every plain text in it, keys too."""
    if isinstance(item, Enum) or item is None or isinstance(item, bool | int):
        return item
    if isinstance(item, str):
        return f"{item}{text}"
    if is_dataclass(item) and not isinstance(item, type):
        values = {one.name: with_text(getattr(item, one.name), text) for one in fields(item)}
        return type(item)(**values)
    if isinstance(item, dict):
        return {with_text(key, text): with_text(value, text) for key, value in item.items()}
    return type(item)(with_text(one, text) for one in item)


@settings(max_examples=60, deadline=None)
@given(texts)
@example(" ".join(HOSTILE))
def test_no_text_of_a_diff_becomes_markup_or_mentions_anybody(text: str) -> None:
    page = read(markdown(with_text(grave(), text), alerts=False))
    assert set(page.tags) <= OURS
    assert not page.unbalanced
    assert not page.comments
    assert {name for name, _ in page.attributes} <= {"class", "start"}
    assert not REFERENCE.search(page.live), REFERENCE.search(page.live)


def test_a_hostile_diff_has_the_same_structure_as_an_honest_one() -> None:
    def count(page: Any) -> list[int]:
        return [page.tags.count(tag) for tag in ("h2", "h3", "h4", "details", "tr", "li", "pre")]

    hostile = with_text(grave(), HOSTILE[0] + HOSTILE[1] + HOSTILE[2])
    honest = with_text(grave(), "-eu")
    assert count(read(markdown(hostile))) == count(read(markdown(honest)))


def test_a_diff_that_was_read_from_a_file_shows_the_same() -> None:
    assert markdown(from_json(to_json(grave()).encode(), "diff.json")) == markdown(grave())


def test_the_verdict_comes_first_and_says_what_to_do() -> None:
    shown = markdown(grave())
    first = shown.split("\n\n")[1]
    assert first.startswith("> [!CAUTION]\n> **1 resource with data would be lost")
    assert "name the resource under `allow_replacement`" in first
    assert shown.index("**64 resources in 3 of 3 environments**") < shown.index("### ")


def test_a_forge_without_alerts_gets_a_plain_quote() -> None:
    shown = markdown(grave(), alerts=False)
    assert "[!" not in shown
    assert "> **1 resource with data would be lost" in shown


def test_the_worst_comes_before_what_is_folded() -> None:
    titles = [one.title for one in sections(grave())]
    assert titles[1:4] == ["Data that would be lost", "Projects that would break", "Environments"]
    risks = [one.risk for one in sections(grave()) if one.folded and one.risk]
    order = list(Risk)
    look_at = [order.index(risk) for risk in risks[:6]]
    assert look_at == sorted(look_at)


def test_a_card_says_what_is_lost_why_what_keeps_it_and_how_to_go_on() -> None:
    shown = markdown(grave())
    card = shown[shown.index("#### RDS database `database-server` in `prod`") :]
    card = card[: card.index("### Projects")]
    assert "Would be **replaced by an empty one**. Lost: database." in card
    assert "**Refused:** the blueprint does not allow it." in card
    assert "! engine: postgres -> mysql  (forces replacement, measured)" in card
    assert "- Blueprint: `database.engine` in `blueprint.yaml:31`: `postgres` to `mysql`" in card
    assert "- Kept by protect. The engine refuses to delete it while it is set." in card
    assert "- **Not kept** by final snapshot. None is taken when it is deleted." in card
    assert "1. Take a snapshot of the database." in card


@pytest.mark.parametrize(
    ("allowed", "words"),
    [
        (
            Allowance("moved by hand", "2030-01-31", False),
            "The blueprint allows it until 2030-01-31: moved by hand",
        ),
        (
            Allowance("moved by hand", "2020-01-31", True),
            "**Refused:** the blueprint allowed it until 2020-01-31: moved by hand",
        ),
    ],
)
def test_a_card_says_whether_the_blueprint_allows_the_loss(allowed: Allowance, words: str) -> None:
    one = replace(environment("prod", database("prod")), losses=(loss("prod", allowed),))
    assert words in markdown(diff(one))


def test_the_same_loss_in_two_environments_is_one_card() -> None:
    both = [
        replace(environment(name, database(name)), losses=(loss(name),)) for name in ("dev", "prod")
    ]
    assert "#### RDS database `database-server` in `dev` and `prod`" in markdown(diff(*both))


def test_many_cards_are_folded_with_their_kinds_in_the_title() -> None:
    many = [replace(loss("prod"), urn=urn(RDS, f"db-{n}"), what=f"data {n}") for n in range(9)]
    shown = markdown(diff(replace(environment("prod"), losses=tuple(many))))
    folded = shown.index("<b>More data that would be lost</b>: 4 RDS databases</summary>")
    assert shown.index("`db-4`") < folded < shown.index("`db-5`")
    assert shown.count("#### ") == 9


def test_what_nothing_holds_is_the_first_card() -> None:
    held = loss("prod")
    bare = replace(held, urn=urn(RDS, "bare"), protections=())
    shown = markdown(diff(replace(environment("prod"), losses=(held, bare))))
    assert shown.index("`bare`") < shown.index("`database-server`")


def test_losses_of_the_same_kind_share_a_card_and_keep_their_steps() -> None:
    both = [replace(loss("prod"), urn=urn(RDS, name), steps=(name,)) for name in ("one", "two")]
    shown = markdown(diff(replace(environment("prod"), losses=tuple(both))))
    assert shown.count("#### ") == 1
    assert "#### 2 RDS databases `one` and `two` in `prod`" in shown
    assert "<summary>The safe way for <code>two</code></summary>\n\n1. two\n" in shown


def test_what_is_the_same_in_every_environment_is_said_once() -> None:
    shown = markdown(grave())
    assert shown.count("! spec.replicas: 1 -> 2") == 1
    assert "deployment `tracking-server` in `dev`, `staging` and `prod`" in shown


def test_identical_edits_of_several_resources_are_one_line() -> None:
    edits = (
        change(DEPLOYMENT, f"worker-{n}", Action.UPDATE, updated("spec.replicas", 1, 2))
        for n in range(30)
    )
    shown = markdown(diff(environment("prod", *edits)))
    assert shown.count("! spec.replicas: 1 -> 2") == 1
    assert "**Updated** 30 deployments `worker-0`" in shown
    assert "and 22 more in `prod`" in shown


def test_bulk_objects_are_one_line() -> None:
    crds = (
        change(CRD, f"crd-{n}", Action.UPDATE, updated(f"spec.versions[{n}]", "a", "b"))
        for n in range(12)
    )
    panels = [updated(f"data.panel[{n}].title", "a", "b") for n in range(80)]
    dashboard = change(CONFIG_MAP, "dashboard", Action.UPDATE, *panels)
    shown = markdown(diff(environment("prod", *crds, dashboard)))
    assert "```" not in shown
    assert "**Updated** 12 CRDs `crd-0`" in shown
    assert "**Updated** config map `dashboard` in `prod`; not shown: 80 properties" in shown


def test_noise_is_counted_and_not_shown() -> None:
    shown = markdown(grave())
    assert "sha256" not in shown
    assert "not shown: 1 image digest" in shown
    assert "3 deployments `worker-a`, `worker-b` and `worker-c`" in shown
    assert "not shown: 1 checksum each" in shown


def test_of_a_link_of_a_chain_only_what_is_its_own_is_shown() -> None:
    origin = f"${{output:{urn(RDS, 'server')}#id}}"
    later = f"${{output:{urn(RDS, 'server', 'later')}#id}}"
    because = Replacement(("id",), Evidence.DOCUMENTED, Order.CREATE_FIRST, "", urn(RDS, "server"))
    links = [
        replace(
            change(DEPLOYMENT, name, Action.REPLACE, updated("id", origin, later), *own),
            replacement=because,
        )
        for name, own in (("a", ()), ("b", ()), ("c", (updated("size", 1, 2),)))
    ]
    shown = markdown(diff(environment("prod", *links)))
    assert "**Replaced** 2 deployments `a` and `b` in `prod` (create first, in a chain)" in shown
    assert "! size: 1 -> 2" in shown
    assert "! id" not in shown


def test_a_reference_to_what_is_replaced_is_another_one() -> None:
    origin = f"${{output:{urn(RDS, 'server')}#id}}"
    later = f"${{output:{urn(RDS, 'server', 'later')}#id}}"
    made = change(DEPLOYMENT, "api", Action.UPDATE, updated("id", origin, later))
    assert "! id: another output id of server" in markdown(diff(environment("prod", made)))


def test_values_are_words_and_never_secrets() -> None:
    origin = f"{urn(RDS, 'database-server')}#address"
    made = change(
        DEPLOYMENT,
        "api",
        Action.UPDATE,
        updated("a", "old.internal", f"${{output:{origin}}}"),
        updated("b", 1, {"$unknown": [origin]}),
        updated("c", {"$secret": [origin]}, {"$secret": []}),
        updated("d", {"$secret": []}, {"$secret": []}),
    )
    shown = markdown(diff(environment("prod", made)))
    assert "! a: old.internal -> output address of database-server" in shown
    assert "! b: 1 -> known after deployment (output address of database-server)" in shown
    assert "! c: secret made from output address of database-server -> secret" in shown
    assert "! d: another secret" in shown


SECRETS = (
    "ghp_" + "a1" * 12,
    "AKIA" + "A" * 16,
    "postgres://mlflow:hunter2@db/mlflow",
    "-----BEGIN RSA PRIVATE KEY-----",
)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("pad", ["", "x" * 300])
def test_what_looks_like_a_secret_is_not_shown(secret: str, pad: str) -> None:
    made = change(
        DEPLOYMENT,
        "api",
        Action.UPDATE,
        updated("a", f"{pad} {secret}", f"{pad} other"),
        PropertyChange("b", PropertyKind.ADD, after=secret),
    )
    line = cause("tracking.token", secret, secret, "tracking", 3)
    row = MatrixRow("token", {"prod": secret}, ("prod",), True)
    shown = markdown(diff(environment("prod", made), causes=[line], matrix=[row]))
    assert secret not in shown
    assert "+ b: [redacted]" in shown


def test_of_long_values_the_part_that_differs_is_shown() -> None:
    before, after = "x" * 500 + "old" + "y" * 500, "x" * 500 + "new" + "y" * 500
    made = change(DEPLOYMENT, "api", Action.UPDATE, updated("text", before, after))
    shown = markdown(diff(environment("prod", made)))
    assert "- text: ..." + "x" * 24 + "oldyyy" in shown
    assert "+ text: ..." + "x" * 24 + "newyyy" in shown
    assert "more characters)" in shown


def test_properties_beyond_twenty_are_counted() -> None:
    many = [updated(f"spec.value{n}", n, n + 1) for n in range(35)]
    shown = markdown(diff(environment("prod", change(DEPLOYMENT, "api", Action.UPDATE, *many))))
    assert shown.count("! spec.value") == 20
    assert "not shown: 15 more properties" in shown


def test_a_property_that_replaces_comes_first_with_its_evidence() -> None:
    made = change(
        RDS,
        "database-server",
        Action.REPLACE,
        updated("allocatedStorage", 20, 40),
        updated("engine", "postgres", "mysql", Effect.REPLACES, Evidence.DOCUMENTED),
    )
    shown = markdown(diff(environment("prod", made)))
    assert (
        "! engine: postgres -> mysql  (forces replacement, documented)\n! allocatedStorage"
    ) in shown


def test_an_unchanged_diff_is_a_short_text() -> None:
    shown = markdown(diff(environment("dev"), environment("prod")))
    assert "Nothing would change in the infrastructure." in shown
    assert "0a1b2c3d4e5f" in shown
    assert len(shown) < 500
    assert "<details>" not in shown


def test_an_environment_that_does_not_change_is_only_named() -> None:
    made = environment("prod", change(DEPLOYMENT, "api", Action.DELETE))
    shown = markdown(diff(environment("dev"), made))
    assert "Nothing changes in `dev`." in shown
    assert "| `prod` | none found | **1 deleted** | 210 |" in shown


def test_a_new_environment_is_marked() -> None:
    made = replace(environment("prod"), presence=Presence.ADDED)
    assert "| `prod` (added) |" in markdown(diff(made))


def test_causes_name_what_follows_for_their_tool() -> None:
    assert (
        "| `tracking.replicas`<br>`blueprint.yaml:44` | `1` to `2` | everywhere "
        "| tracking server (MLflow): 14 updated |"
    ) in markdown(grave())


def test_many_causes_are_folded() -> None:
    many = [cause(f"tracking.labels.a{n}", n, n + 1, "tracking", n) for n in range(40)]
    made = diff(environment("prod", change(DEPLOYMENT, "api")), causes=many)
    assert "<details><summary><b>Caused by 40 blueprint lines</b></summary>" in markdown(made)


def test_seventy_environments_share_the_cells_of_the_matrix() -> None:
    names = [f"team-{n}" for n in range(70)]
    row = MatrixRow("replicas", dict.fromkeys(names, 2), tuple(names), False)
    made = diff(*(environment(name, change(DEPLOYMENT, "api")) for name in names), matrix=[row])
    shown = markdown(made)
    assert "| Key | Values | Still differs |" in shown
    assert "`team-0`, `team-1`, `team-2`, `team-3` and 66 more" in shown


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("prod", "would follow what they are in, once that has its alias"),
        ("old", "seem to be those of another stack, from which no alias leads"),
    ],
)
def test_renames_that_need_no_alias_of_their_own_are_counted(place: str, words: str) -> None:
    new = (
        replace(change(DEPLOYMENT, name, Action.CREATE), twin=urn(DEPLOYMENT, "x", place))
        for name in "ab"
    )
    shown = markdown(diff(environment("prod", *new)))
    assert f"2 resources in `prod` {words}: 2 deployments." in shown


def test_what_only_one_environment_has_is_said_above_the_matrix() -> None:
    row = MatrixRow("delivery.kind", {"prod": "github-actions"}, ("prod",), True)
    made = diff(environment("dev"), environment("prod", change(DEPLOYMENT, "api")), matrix=[row])
    assert "Only `prod` has `delivery.kind`." in markdown(made)


def test_a_rename_without_an_alias_names_the_alias() -> None:
    new = replace(
        change(DEPLOYMENT, "api", Action.CREATE),
        twin=urn(DEPLOYMENT, "server"),
        alias=urn(DEPLOYMENT, "server"),
    )
    shown = markdown(diff(environment("prod", new)))
    assert "deployment `api` in `prod` seems to be `server` renamed" in shown
    assert "add the alias `urn:pulumi:prod::acme-ml-platform::" in shown


@pytest.mark.parametrize(
    ("commit", "dirty", "command"),
    [
        ("f0e1d2c3b4a5968778695a4b3c2d1e0f76543210", False, "0a1b2c3d4e5f f0e1d2c3b4a5 "),
        ("f0e1d2c3b4a5968778695a4b3c2d1e0f76543210", True, "0a1b2c3d4e5f "),
        ("", False, ""),
        ("$(rm -rf /)", False, ""),
    ],
)
def test_the_footer_has_the_command_that_shows_all_and_no_label_of_a_stranger_in_it(
    commit: str, dirty: bool, command: str
) -> None:
    made = replace(grave(), head=replace(HEAD, commit=commit, dirty=dirty, label="; rm -rf /"))
    assert f"`stackwright diff {command}--format html -o diff.html`" in markdown(made)


def test_what_differs_in_the_name_of_the_environment_only_is_said_once() -> None:
    named = (
        environment(
            name,
            change(
                DEPLOYMENT,
                "api",
                Action.UPDATE,
                updated("bucket", "old", f"acme-{name}-data"),
                environment=name,
            ),
        )
        for name in ("dev", "staging", "prod")
    )
    shown = markdown(diff(*named))
    assert "**Updated** deployment `api` in `dev`, alike in `staging` and `prod`" in shown
    assert "! bucket: old -> acme-dev-data" in shown
    assert "acme-prod-data" not in shown


def test_access_that_comes_with_what_is_new_is_no_risk() -> None:
    role = change(ROLE_POLICY, "reader", Action.CREATE)
    wider = AccessChange(
        role.urn, "platform", "tracking", "IAM policy", Direction.WIDER, "It may read.", ("a", "b")
    )
    shown = markdown(diff(replace(environment("prod", role), access=(wider,))))
    assert "<b>Access</b>: 1 new with what it is for" in shown
    assert "**new with what it is for**, IAM policy `reader` in `prod`: It may read." in shown
    assert "```" not in shown


@pytest.mark.parametrize("value", [{"$unknown": 5}, {"$unknown": [1]}, {"$secret": "x"}])
def test_a_mark_that_no_plan_holds_is_no_failure(value: object) -> None:
    made = change(DEPLOYMENT, "api", Action.UPDATE, updated("a", 1, value))
    assert "! a: 1 -> " in markdown(diff(environment("prod", made)))


def test_a_report_of_250_resources_is_read_in_folds(large_diff: Diff) -> None:
    shown = markdown(large_diff)
    assert all(f"`worker-{n}`" in shown for n in range(250))
    outside = shown[: shown.index("<details>")]
    assert outside.count("\n") < 40


@pytest.fixture(scope="module")
def large_diff() -> Diff:
    return large(250)


def test_exported_values_are_shown_by_environment() -> None:
    made = replace(
        environment("prod"),
        outputs=(PropertyChange("platform.wiring.url", PropertyKind.ADD, after="http://x"),),
    )
    assert "+ platform.wiring.url: http://x" in markdown(diff(made))
