from __future__ import annotations

from dataclasses import replace

from tests.components.report.diff.diffs import (
    CONFIG_MAP,
    CRD,
    DEPLOYMENT,
    RDS,
    change,
    diff,
    environment,
    grave,
    updated,
    urn,
)

from stackwright.diff.changes import (
    Action,
    Evidence,
    Order,
    PropertyChange,
    PropertyKind,
    Replacement,
)
from stackwright.report.diff.markdown import markdown


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


def test_exported_values_are_shown_by_environment() -> None:
    made = replace(
        environment("prod"),
        outputs=(PropertyChange("platform.wiring.url", PropertyKind.ADD, after="http://x"),),
    )
    assert "+ platform.wiring.url: http://x" in markdown(diff(made))
