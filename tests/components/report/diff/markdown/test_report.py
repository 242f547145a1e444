from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from tests.components.report.diff.diffs import (
    DEPLOYMENT,
    HEAD,
    change,
    diff,
    environment,
    grave,
    large,
    updated,
)
from tests.components.report.diff.hostile import HOSTILE, texts, with_text
from tests.components.report.diff.reading import REFERENCE, read

from stackwright.diff.changes import Action
from stackwright.diff.codec import from_json, to_json
from stackwright.diff.model import Diff, Risk
from stackwright.report.diff.markdown import markdown, sections

OURS = {
    *("p", "strong", "em", "code", "pre", "hr", "sub", "br", "b", "details", "summary"),
    *("blockquote", "ul", "ol", "li", "h2", "h3", "h4"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


@settings(max_examples=60, deadline=None)
@given(texts)
@example(" ".join(HOSTILE))
def test_no_text_of_a_diff_becomes_markup_or_mentions_anybody(text: str) -> None:
    page = read(markdown(with_text(grave(), text), alerts=False))
    assert set(page.tags) <= OURS
    assert not page.unbalanced
    assert not page.comments
    assert {name for name, _ in page.attributes} <= {"class", "start", "open"}
    assert not REFERENCE.search(page.live), REFERENCE.search(page.live)


def test_a_hostile_diff_has_the_same_structure_as_an_honest_one() -> None:
    def count(page: Any) -> list[int]:
        return [page.tags.count(tag) for tag in ("h2", "h3", "h4", "details", "tr", "li", "pre")]

    hostile = with_text(grave(), HOSTILE[0] + HOSTILE[1] + HOSTILE[2])
    honest = with_text(grave(), "-eu")
    assert count(read(markdown(hostile))) == count(read(markdown(honest)))


def test_a_diff_that_was_read_from_a_file_shows_the_same() -> None:
    assert markdown(from_json(to_json(grave()).encode(), "diff.json")) == markdown(grave())


def test_the_worst_comes_before_what_is_folded() -> None:
    titles = [one.title for one in sections(grave())]
    assert titles[1:4] == ["Data that would be lost", "Projects that would break", "Environments"]
    risks = [one.risk for one in sections(grave()) if one.folded and one.risk]
    order = list(Risk)
    look_at = [order.index(risk) for risk in risks[:6]]
    assert look_at == sorted(look_at)


def test_what_is_the_same_in_every_environment_is_said_once() -> None:
    shown = markdown(grave())
    assert shown.count("! spec.replicas: 1 -> 2") == 1
    assert "deployment `tracking-server` in `dev`, `staging` and `prod`" in shown


def test_an_unchanged_diff_is_a_short_text() -> None:
    shown = markdown(diff(environment("dev"), environment("prod")))
    assert "Nothing would change in the infrastructure." in shown
    assert "0a1b2c3d4e5f" in shown
    assert len(shown) < 500
    assert "<details>" not in shown


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


def test_a_report_of_250_resources_is_read_in_folds(large_diff: Diff) -> None:
    shown = markdown(large_diff)
    assert all(f"`worker-{n}`" in shown for n in range(250))
    outside = shown[: shown.index("<details>")]
    assert outside.count("\n") < 40


@pytest.fixture(scope="module")
def large_diff() -> Diff:
    return large(250)
