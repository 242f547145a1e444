"""The requirement of a project is one strict model, written and read back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackwright.blueprint.reader import parse
from stackwright.errors import BlueprintError
from stackwright.project_requirement import SCHEMA, ProjectRequirement, requirement
from stackwright.wiring import CONTRACTS

NAMES = st.from_regex(r"[a-z](-?[a-z0-9]){1,15}", fullmatch=True).filter(
    lambda name: not name.startswith(("aws", "amzn", "kube", "sthree", "con", "prn", "aux", "nul"))
)
ENVIRONMENTS = st.from_regex(r"e[a-z0-9]{0,9}", fullmatch=True)
NEEDS = st.fixed_dictionaries(
    {},
    optional={
        name: st.lists(st.sampled_from(sorted(model.keys())), unique=True)
        for name, model in CONTRACTS.items()
    },
)


def made(**values: Any) -> ProjectRequirement:
    usual = {
        "schema": SCHEMA,
        "name": "churn",
        "template": "tabular-service",
        "environments": ["dev"],
        "needs": {"ExperimentTracker": ["uri"]},
    }
    return ProjectRequirement.model_validate({**usual, **values})


@given(
    NAMES,
    NAMES,
    st.none() | st.sampled_from(["acme/churn", "a/b.c_d-e"]),
    st.lists(ENVIRONMENTS),
    NEEDS,
)
def test_what_is_written_is_read_back(
    name: str,
    template: str,
    repository: str | None,
    environments: list[str],
    needs: dict[str, list[str]],
) -> None:
    before = made(
        name=f"x{name}",
        template=template,
        repository=repository,
        environments=environments[:20],
        needs=needs,
    )
    assert requirement(parse(before.text(), "projects/x.yaml")) == before


def test_it_reads_like_a_file_of_a_person() -> None:
    assert made().text().splitlines() == [
        "# Written by `stackwright wire --register`; a change is overwritten.",
        "schema: stackwright.project/v1",
        "name: churn",
        "template: tabular-service",
        "environments: [dev]",
        "needs:",
        "  ExperimentTracker: [uri]",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("schema: stackwright.project/v1\n", "", "schema: this key is missing"),
        ("project/v1", "project/v2", "schema: "),
        ("name: churn", "name: Churn", "name: "),
        ("needs:", "token: a\nneeds:", "token: there is no such key"),
        ("[uri]", "[url]", 'ExperimentTracker promises no "url". Did you mean uri?'),
        ("ExperimentTracker:", "ExperimentTraker:", "Did you mean ExperimentTracker?"),
        ("[dev]", "dev", "environments: "),
        ("[dev]", "[Dev]", "environments[0]: "),
        ("environments", "repository: '*/*'\nenvironments", "repository: "),
    ],
)
def test_every_fault_is_named_at_its_place(old: str, new: str, said: str) -> None:
    text = made().text().replace(old, new)
    with pytest.raises(BlueprintError) as raised:
        requirement(parse(text, "projects/churn.yaml"))
    assert said in str(raised.value)
    assert all(problem.file == "projects/churn.yaml" for problem in raised.value.problems)
