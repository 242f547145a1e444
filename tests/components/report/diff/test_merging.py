from __future__ import annotations

from dataclasses import replace

from tests.components.report.diff.html.samples import access, environment, sample

from stackwright.report.diff.merging import equal, portable


def test_what_is_alike_but_for_the_stack_in_its_urn_is_said_once() -> None:
    found = equal(sample(), lambda one: one.access)
    assert found == [(access("dev")[0], (0, 1, 2))]


def test_what_differs_in_a_word_is_said_twice() -> None:
    diff = sample()
    other = replace(access("prod")[0], sentence="Another one.")
    last = replace(environment("prod"), access=(other,))
    changed = replace(diff, environments=(*diff.environments[:2], last))
    assert equal(changed, lambda one: one.access) == [
        (access("dev")[0], (0, 1)),
        (other, (2,)),
    ]


def test_a_urn_without_its_stack_is_the_same_in_every_environment() -> None:
    assert portable("urn:pulumi:dev::project::a:b:C::name") == "project::a:b:C::name"
    assert portable("no urn") == "no urn"
