from __future__ import annotations

from dataclasses import replace

import pytest
from tests.components.report.diff.html.samples import access, environment, losses, sample
from tests.components.report.html_reader import words

from stackwright.diff.findings import Allowance, DataLoss
from stackwright.diff.model import Diff, EnvironmentDiff
from stackwright.report.diff.html import findings


def of(*environments: EnvironmentDiff) -> Diff:
    return replace(sample(), environments=environments, projects=())


def with_losses(*found: DataLoss) -> Diff:
    return of(replace(environment("prod"), losses=found))


@pytest.mark.parametrize(
    ("allowed", "answer"),
    [
        (None, "Refused: allow_replacement of the blueprint does not name it."),
        (
            Allowance("It was copied.", "2026-01-31", True),
            "Refused: the blueprint allowed it until 2026-01-31: \u201cIt was copied.\u201d",
        ),
        (
            Allowance("It was copied.", "2027-01-31", False),
            "Allowed by the blueprint until 2027-01-31: \u201cIt was copied.\u201d",
        ),
    ],
)
def test_a_card_says_whether_the_guard_lets_it_through(
    allowed: Allowance | None, answer: str
) -> None:
    text = findings.losses(with_losses(replace(losses()[0], allowed=allowed)))
    assert words(text).endswith(answer)
    assert f'class="card {"refused" if answer.startswith("Refused") else "allowed"}"' in text


def test_what_is_refused_comes_before_what_is_allowed() -> None:
    refused, allowed = losses()
    text = words(findings.losses(with_losses(allowed, refused)))
    assert text.index("database-server") < text.index("storage-archive")


def test_nothing_that_protects_is_said() -> None:
    text = words(findings.losses(with_losses(replace(losses()[0], protections=()))))
    assert "What protects it Nothing." in text


def test_the_safe_way_is_folded_where_there_are_many_cards() -> None:
    first = losses()[0]
    many = [replace(first, what=f"database {number}") for number in range(3)]
    assert "<details open><summary>The safe way" in findings.losses(with_losses(first))
    assert "<details><summary>The safe way" in findings.losses(with_losses(*many))


def test_access_that_comes_with_something_new_is_folded() -> None:
    one = access("prod")[0]
    new = replace(one, new=True, sentence="A new role may read.")
    text = findings.access(of(replace(environment("prod"), access=(new, one))))
    before, _, folded = text.partition('<details class="more">')
    assert one.sentence in words(before)
    assert new.sentence in words(folded)
    assert "1 come or go" in folded


def test_a_chain_names_its_root_and_everything_that_follows() -> None:
    diff = sample()
    chain = diff.environments[2].chains[0]
    text = words(findings.chains(diff))
    assert "61 more resources replaced with it" in text
    assert "cluster is replaced because of encryptionConfig.provider.keyArn" in text
    for urn in chain.links:
        assert urn.rpartition("::")[2] in text


def test_a_chain_of_what_the_diff_does_not_hold_is_still_shown() -> None:
    lone = replace(environment("prod"), changes=())
    assert "61 more resources" in words(findings.chains(of(lone)))


def test_a_project_says_what_it_relies_on_and_where_it_is_registered() -> None:
    text = words(findings.projects(sample()))
    for said in ("churn-model", "ObjectStore archive", "projects/churn-model.yaml:7", "prod"):
        assert said in text


def test_a_part_without_findings_is_left_out() -> None:
    quiet = of(
        replace(environment("dev"), losses=(), access=(), services=(), chains=(), changes=())
    )
    for part in (
        findings.losses,
        findings.projects,
        findings.services,
        findings.access,
        findings.chains,
    ):
        assert part(quiet) == ""
