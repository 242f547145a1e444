from __future__ import annotations

from dataclasses import replace

from tests.components.report.diff.html.sample_resources import added, removed
from tests.components.report.diff.html.samples import environment, sample
from tests.components.report.html_reader import words

from stackwright.diff.changes import PropertyChange, PropertyKind
from stackwright.diff.model import MatrixRow
from stackwright.report.diff.html import tables


def test_a_cause_leads_to_what_follows_from_it() -> None:
    text = words(tables.causes(sample()))
    assert "database.encrypted was false \u2192 now true blueprint.yaml:52" in text
    assert "database (RDS PostgreSQL): 1 replaced" in text
    assert "features now kind: feast blueprint.yaml:31" in text
    assert "was versioned: true removed blueprint.yaml:40" in text


def test_a_cause_that_all_tools_share_says_so() -> None:
    diff = sample()
    shared = replace(diff, causes=(replace(diff.causes[1], tool=""),))
    assert words(tables.causes(shared)).endswith("shared by all tools")


def test_a_cause_of_an_unknown_environment_is_shown() -> None:
    diff = sample()
    odd = replace(diff, causes=(replace(diff.causes[1], environments=("gone",)),))
    assert "tracking.replicas" in words(tables.causes(odd))


def test_the_ledger_says_before_after_and_the_difference() -> None:
    text = words(tables.accelerators(sample()))
    assert "2 \u2192 6 (+4)" in text
    assert "16 \u2192 48 (+32)" in text


def test_keys_that_this_change_leaves_different_are_folded() -> None:
    before, _, folded = tables.matrix(sample()).partition('<details class="more">')
    assert "tracking.replicas" in words(before)
    assert "database.encrypted differs false not set true changed" in words(before)
    assert "1 key that this change leaves different cluster.version" not in words(before)
    assert "cluster.version" in words(folded)


def test_one_environment_alone_is_compared_with_none() -> None:
    diff = sample()
    rows = (MatrixRow("tracking.replicas", {"dev": 2}, ("dev",), False),)
    assert tables.matrix(replace(diff, environments=diff.environments[:1], matrix=rows)) == ""


def test_the_wiring_stands_before_what_layers_hand_over() -> None:
    found = (
        removed("foundation.storage.url", "s3://a"),
        added("platform.wiring.features.url", "http://b"),
        PropertyChange("platform.checksum", PropertyKind.UPDATE, "1", "2", noise="checksum"),
    )
    one = replace(environment("dev"), outputs=found)
    before, _, folded = tables.outputs(replace(sample(), environments=(one,))).partition("<details")
    assert "now http://b" in words(before)
    assert "was s3://a removed" in words(folded)
    assert "checksum" not in before + folded


def test_warnings_name_their_environments() -> None:
    one = replace(environment("dev"), warnings=("platform: a filter was skipped",))
    diff = replace(sample(), environments=(one, environment("prod")))
    assert words(tables.warnings(diff)) == "New warnings platform: a filter was skipped dev"
