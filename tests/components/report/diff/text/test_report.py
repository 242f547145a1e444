"""A diff at a terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.components.report.diff.diffs import (
    CONFIG_MAP,
    CRD,
    DEPLOYMENT,
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
    tracking,
    updated,
    urn,
)

from stackwright.diff.changes import Action, Chain, PropertyChange, PropertyKind
from stackwright.diff.findings import (
    AccessChange,
    Allowance,
    Breakage,
    BrokenProject,
    Direction,
    Impact,
    ServiceImpact,
)
from stackwright.diff.model import MatrixRow, Presence
from stackwright.report.diff.text import text

EVERYWHERE = ("dev", "prod")


def section(shown: str, title: str) -> list[str]:
    """Return the lines below a title."""
    assert f"{title}\n" in shown
    return shown.partition(f"{title}\n")[2].partition("\n\n")[0].splitlines()


def test_a_change_is_told_from_the_verdict_to_the_next_step() -> None:
    replicas = updated("spec.replicas", 1, 2)
    made = diff(
        *(
            environment(name, change(DEPLOYMENT, "tracking", Action.UPDATE, replicas))
            for name in EVERYWHERE
        ),
        causes=[cause("tracking.replicas", 1, 2, "tracking", 44, *EVERYWHERE)],
        matrix=[MatrixRow("tracking.replicas", {"dev": 2, "prod": 2}, EVERYWHERE, False)],
    )
    assert text(made, 80) == (
        "2 routine changes in dev and prod.\n"
        "acme-ml: main (0a1b2c3d4e5f) -> working tree (f0e1d2c3b4a5 with uncommitted\n"
        "  changes)\n"
        "\n"
        "What changed in the blueprint\n"
        "  - blueprint.yaml:44 tracking.replicas: 1 -> 2\n"
        "\n"
        "What that does\n"
        "  tracking: tracking server (MLflow)\n"
        "    updated: deployment tracking\n"
        "        ! spec.replicas: 1 -> 2\n"
        "\n"
        "What each environment gets (* set by this change)\n"
        "                     dev  prod\n"
        "  tracking.replicas  2*   2*\n"
        "\n"
        "Resources\n"
        "  dev   1 updated, 210 unchanged\n"
        "  prod  1 updated, 210 unchanged\n"
        "\n"
        "Next: stackwright diff --format html -o diff.html shows every property;\n"
        "      stackwright preview -e dev asks the real engine.\n"
    )


def test_the_verdict_and_what_would_be_lost_come_first() -> None:
    blocks = text(grave()).split("\n\n")
    assert blocks[0].startswith("1 resource with data would be lost, 1 project would break")
    assert [block.partition("\n")[0] for block in blocks[1:-1]] == [
        "Data that would be lost",
        "Projects that would break",
        "Replacements that force others",
        "What callers see",
        "Who may do what",
        "GPUs and quotas, at most",
        "What changed in the blueprint",
        "What that does",
        "Exported values and wiring",
        "What each environment gets (* set by this change)",
        "Resources",
        "To know",
    ]
    assert blocks[-1].startswith("Next: go the safe way above")


def test_a_card_says_what_is_lost_what_protects_it_and_the_safe_way() -> None:
    made = diff(replace(environment("prod", database("prod")), losses=(loss("prod"),)))
    assert section(text(made, 80), "Data that would be lost") == [
        "  RDS database database-server would be replaced by an empty one because of",
        "    engine, in prod",
        "      REFUSED: allow_replacement of the blueprint does not name it.",
        "      part of the database (Amazon RDS for PostgreSQL); lost with it: database",
        "      protect holds: The engine refuses to delete it while it is set.",
        "      final snapshot DOES NOT HOLD: None is taken when it is deleted.",
        "      backups holds: Kept for 7 days, and deleted with the instance.",
        "      1. Take a snapshot of the database.",
        "      2. Add a second database beside it and copy the data.",
        "      3. Point the tools at the new one, then remove the old one in a later",
        "         change.",
    ]


@pytest.mark.parametrize(
    ("expired", "said"),
    [
        (False, "Allowed until 2027-01-31: it was copied"),
        (True, "REFUSED: it was allowed until 2027-01-31: it was copied"),
    ],
)
def test_a_card_says_what_the_blueprint_allows(expired: bool, said: str) -> None:
    allowed = Allowance("it was copied", "2027-01-31", expired)
    made = diff(replace(environment("prod", database("prod")), losses=(loss("prod", allowed),)))
    assert f"      {said}" in section(text(made), "Data that would be lost")


def test_losses_that_differ_in_their_names_alone_are_one_card() -> None:
    first = loss("prod")
    losses = tuple(
        replace(first, urn=first.urn.replace("database-server", name), steps=(f"Copy {name}.",))
        for name in ("first", "second")
    )
    lines = section(text(diff(replace(environment(), losses=losses))), "Data that would be lost")
    assert lines[0].startswith("  2 RDS databases first and second would be replaced by empty ones")
    assert "      1. Copy NAME." in lines


def test_what_seems_to_be_renamed_is_told_with_its_alias() -> None:
    new = replace(
        change("stackwright:index:ModelDeployment", "plain", Action.CREATE),
        custom=False,
        twin=urn("stackwright:index:ModelDeployment", "simple"),
        alias=urn("stackwright:index:ModelDeployment", "simple"),
    )
    shown = text(diff(environment("prod", new)), 80)
    assert section(shown, "What seems to be renamed, and would be kept by an alias") == [
        "  - model deployment plain was simple; to keep it, give it the alias",
        "    urn:pulumi:prod::acme-ml-platform::stackwright:index:ModelDeployment::simple",
    ]


def test_chains_of_the_same_shape_are_one_line() -> None:
    roots = [change(RDS, f"db-{n}", Action.REPLACE) for n in range(3)]
    links = [change(CONFIG_MAP, f"config-{n}", Action.REPLACE) for n in range(3)]
    chains = tuple(
        Chain(root.urn, ("engine",), (link.urn,)) for root, link in zip(roots, links, strict=True)
    )
    made = diff(replace(environment("prod", *roots, *links), chains=chains))
    assert section(text(made), "Replacements that force others") == [
        "  - 3 RDS databases db-0, db-1 and db-2 because of engine -> 1 resource: 1 config map"
    ]


def test_access_that_comes_with_a_new_thing_is_counted_and_other_access_told() -> None:
    policy = change(ROLE_POLICY, "policy", Action.CREATE)
    wider = AccessChange(
        policy.urn, "platform", "tracking", "IAM policy", Direction.WIDER, "It may now do more."
    )
    for access, line in (
        (wider, "  - wider: IAM policy policy: It may now do more."),
        (replace(wider, new=True), "  - 1 that come or go with their resource"),
    ):
        shown = text(diff(replace(environment("prod", policy), access=(access,))))
        assert section(shown, "Who may do what") == [line]


def test_a_broken_project_names_its_key_and_its_line() -> None:
    broken = BrokenProject(
        "churn",
        "projects/churn.yaml",
        7,
        "acme/churn",
        "prod",
        "ExperimentTracker",
        "uri",
        Breakage.REMOVED,
        "tracking gives no ExperimentTracker.uri.",
    )
    assert section(
        text(diff(environment(), projects=[broken]), 80), "Projects that would break"
    ) == [
        "  - churn (acme/churn) in prod: tracking gives no ExperimentTracker.uri.",
        "    [projects/churn.yaml:7]",
    ]


def test_identical_edits_are_one_row_and_noise_is_counted() -> None:
    quiet = PropertyChange("data.checksum", PropertyKind.UPDATE, "1", "2", noise="checksum")
    changes = [change(DEPLOYMENT, f"worker-{n}", Action.UPDATE, quiet) for n in range(6)]
    assert section(text(diff(environment("prod", *changes))), "What that does") == [
        "  tracking: tracking server (MLflow)",
        "    updated: 6 deployments worker-0, worker-1, worker-2, worker-3 and 2 more",
        "        and 1 checksum",
    ]


def test_crds_are_one_line_whatever_differs_in_them() -> None:
    crds = [change(CRD, f"crd-{n}", Action.UPDATE, updated(f"spec.x{n}", 1, 2)) for n in range(9)]
    assert section(text(diff(environment("prod", *crds))), "What that does")[1:] == [
        "    updated: 9 CRDs crd-0, crd-1, crd-2, crd-3 and 5 more"
    ]


def test_a_tool_that_is_all_new_is_one_line() -> None:
    made = [change(CONFIG_MAP, f"c{n}", Action.CREATE) for n in range(7)]
    made.append(change(DEPLOYMENT, "d", Action.CREATE))
    assert section(text(diff(environment("prod", *made))), "What that does")[1:] == [
        "    created: 7 config maps, 1 deployment"
    ]


def test_a_change_of_one_environment_says_which() -> None:
    shown = text(diff(environment("dev"), environment("prod", tracking("prod"))))
    assert section(shown, "What that does")[1] == "    updated: deployment tracking-server [prod]"
    assert section(shown, "Resources")[0] == "  dev   no change, 210 unchanged"


def test_a_removed_key_says_what_it_was() -> None:
    gone = replace(cause("storage", {"kind": "s3"}, None, "storage", 4), removed=True)
    made = diff(environment("dev"), environment("prod"), causes=[gone])
    assert section(text(made), "What changed in the blueprint") == [
        "  - blueprint.yaml:4 storage: removed, was kind: s3 [prod]"
    ]


def test_the_columns_of_the_matrix_are_in_the_order_of_the_environments() -> None:
    made = diff(
        *(environment(name) for name in ("staging", "dev")),
        matrix=[MatrixRow("a", {"dev": 1, "staging": 2}, ("dev",), True)],
    )
    assert section(text(made), "What each environment gets (* set by this change)") == [
        "     staging  dev",
        "  a  2        1*",
    ]


def test_a_key_that_is_gone_everywhere_has_a_row() -> None:
    made = diff(
        environment("dev"), matrix=[MatrixRow("tracking.kind", {}, ("dev",), differs=False)]
    )
    assert section(text(made), "What each environment gets (* set by this change)") == [
        "                 dev",
        "  tracking.kind  -*",
    ]


def test_nothing_that_changes_is_said_so() -> None:
    shown = text(diff(environment()))
    assert shown.startswith("Nothing would change.\n")
    assert shown.endswith("\n\nNext: nothing is to be done.\n")


def test_a_new_environment_does_not_list_what_it_exports() -> None:
    new = replace(
        environment("dev", change(DEPLOYMENT, "a", Action.CREATE), unchanged=0),
        presence=Presence.ADDED,
        outputs=(PropertyChange("platform.x", PropertyKind.ADD, after=1),),
    )
    shown = text(diff(new))
    assert "Exported values" not in shown
    assert section(shown, "Resources") == ["  dev  new environment, 1 created"]


@pytest.mark.parametrize("width", [20, 80, 100, 300])
def test_no_line_is_wider_than_a_terminal(width: int) -> None:
    for made in (grave(), large(40)):
        widest = max(map(len, text(made, width).splitlines()))
        assert widest <= min(max(width, 80), 100)


def test_what_a_stranger_wrote_moves_no_cursor_and_no_text() -> None:
    evil = "\x1b[2J\u202e\n## x"
    odd = change(DEPLOYMENT, evil, Action.UPDATE, updated(evil, evil, evil + "2"))
    made = diff(
        replace(environment(evil, odd), warnings=(evil,)),
        causes=[cause(evil, evil, 1, evil, 1, evil)],
        matrix=[MatrixRow(evil, {evil: evil}, (evil,), True)],
        notes=[evil],
    )
    shown = text(replace(made, name=evil))
    assert not set("\x1b\u202e") & set(shown)
    assert "\n## x" not in shown


def test_ten_thousand_resources_are_told_in_a_few_pages() -> None:
    assert len(text(large(2_000)).splitlines()) < 200


def test_of_a_tool_that_stays_the_part_that_comes_or_goes_is_named() -> None:
    whole, part = (
        ServiceImpact(urn(DEPLOYMENT, "model"), "platform", "online", "serving", impact, sentence)
        for impact, sentence in (
            (Impact.GONE, "The model server (KServe) is gone."),
            (Impact.NEW, "Deployment model is new."),
        )
    )
    titles = {"online": "model server (KServe)"}
    one = replace(environment(), services=(whole, part), titles=titles)
    assert section(text(diff(one)), "What callers see") == [
        "  - gone: model server (KServe)",
        "  - new: model server (KServe): Deployment model is new.",
    ]
