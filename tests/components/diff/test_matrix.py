"""What each environment gets of a change, and what still differs."""

from __future__ import annotations

from stackwright.blueprint.reader import parse
from stackwright.diff.matrix import matrix
from stackwright.diff.model import MatrixRow
from stackwright.environment import check

BASE = """\
apiVersion: stackwright/v1
name: acme-ml
target: {kind: aws, region: eu-west-1, account: "210987654321"}
network: {kind: vpc, cidr: 10.20.0.0/16, zones: [eu-west-1a, eu-west-1b]}
registry: {kind: ecr, repositories: [models]}
environments:
  staging: {}
  prod: {}
"""


def rows(base: str, head: str) -> dict[str, MatrixRow]:
    """Return the rows of a change by their paths."""
    found = matrix(check(parse(base, "")), check(parse(head, "")))
    return {row.path: row for row in found}


def test_without_a_change_environments_that_are_alike_have_no_row() -> None:
    assert rows(BASE, BASE) == {}


def test_what_prod_gets_and_staging_never_had_can_be_told() -> None:
    head = BASE.replace("prod: {}", "prod: {registry: {keep_images: 7}}")
    assert rows(BASE, head) == {
        "registry.keep_images": MatrixRow(
            "registry.keep_images", {"staging": 200, "prod": 7}, ("prod",), True
        )
    }


def test_a_key_that_changes_alike_everywhere_differs_nowhere() -> None:
    head = BASE.replace("[models]", "[models, data]")
    assert rows(BASE, head) == {
        "registry.repositories": MatrixRow(
            "registry.repositories",
            {"staging": ["models", "data"], "prod": ["models", "data"]},
            ("staging", "prod"),
            False,
        )
    }


def test_what_a_profile_sets_is_a_difference() -> None:
    found = rows(BASE, BASE.replace("staging: {}", "staging: {profile: development}"))
    assert found["profile"].values == {"staging": "development", "prod": "production"}
    assert found["network.nat"] == MatrixRow(
        "network.nat", {"staging": "one", "prod": "per-zone"}, ("staging",), True
    )


def test_what_differed_before_still_has_a_row() -> None:
    base = BASE.replace("prod: {}", "prod: {registry: {keep_images: 7}}")
    found = rows(base, base)["registry.keep_images"]
    assert (found.changed, found.differs) == ((), True)


def test_the_kind_stands_for_a_tool_that_comes_or_goes() -> None:
    with_it = BASE.replace("prod: {}", "prod: {storage: {kind: s3}}")
    assert rows(BASE, with_it) == {
        "storage.kind": MatrixRow("storage.kind", {"prod": "s3"}, ("prod",), True)
    }
    assert rows(with_it, BASE) == {"storage.kind": MatrixRow("storage.kind", {}, ("prod",), False)}


def test_a_new_environment_sets_nothing_in_the_others() -> None:
    head = BASE + "  dev: {registry: {keep_images: 7}}\n"
    assert rows(BASE, head) == {
        "registry.keep_images": MatrixRow(
            "registry.keep_images", {"staging": 200, "prod": 200, "dev": 7}, (), True
        )
    }


def test_a_removed_environment_has_no_value() -> None:
    assert rows(BASE + "  dev: {registry: {keep_images: 7}}\n", BASE) == {}


def test_labels_are_compared_key_by_key() -> None:
    found = rows(BASE + "labels: {team: a}\n", BASE + "labels: {team: b}\n")
    assert found["labels.team"].values == {"staging": "b", "prod": "b"}


def test_a_tool_that_gets_a_name_has_a_row_for_each_place() -> None:
    base = BASE + "storage: {kind: s3}\n"
    found = rows(base, BASE + "storage: {lake: {kind: s3}}\n")
    assert found == {
        "storage.kind": MatrixRow("storage.kind", {}, ("staging", "prod"), False),
        "storage.lake.kind": MatrixRow(
            "storage.lake.kind", {"staging": "s3", "prod": "s3"}, ("staging", "prod"), False
        ),
    }


CLUSTER = """\
cluster:
  kind: eks
  access: {endpoint: private, via: vpn}
  administrators: [arn:aws:iam::210987654321:role/admin]
  node_pools: {general: {purpose: "--token=first"}}
"""


def test_a_secret_inside_a_text_changes_and_is_not_repeated() -> None:
    found = rows(BASE + CLUSTER, BASE + CLUSTER.replace("first", "second"))
    assert found == {
        "cluster.node_pools.general.purpose": MatrixRow(
            "cluster.node_pools.general.purpose",
            {"staging": "--token=[secret]", "prod": "--token=[secret]"},
            ("staging", "prod"),
            False,
        )
    }
