from __future__ import annotations

from pathlib import Path

import pytest

from stackwright.blueprint.reader import parse
from stackwright.environment import Environment, check
from stackwright.errors import NotDeployable
from stackwright.plan.graph import Assumption
from stackwright.program import refuse_examples


def environment(text: str, name: str = "default") -> Environment:
    return check(parse(text, "blueprint.yaml"))[name]


def by_path(found: Environment) -> dict[str, Assumption]:
    return {item.path: item for item in found.assumptions}


def test_what_was_not_written_is_listed_with_its_meaning(planted: str) -> None:
    found = by_path(environment(f"{planted}storage: {{kind: vault, days: 7}}\n"))
    assert found["storage.doors"] == Assumption(
        "storage.doors", 1, "default", "How many doors there are"
    )
    assert found["profile"].source == "default"
    assert "storage.days" not in found
    assert "storage.kind" not in found


def test_what_a_profile_gave_says_so(planted: str) -> None:
    found = by_path(environment(f"{planted}storage: {{kind: store}}\n"))
    assert found["storage.copies"] == Assumption(
        "storage.copies", 3, "profile", "How many copies are kept"
    )


def test_what_an_environment_writes_is_no_assumption(planted: str) -> None:
    text = planted + (
        "storage: {kind: store}\n"
        "environments: {prod: {storage: {copies: 4}}, dev: {profile: development}}\n"
    )
    assert "storage.copies" not in by_path(environment(text, "prod"))
    assert by_path(environment(text, "dev"))["storage.copies"].value == 1


def test_a_tool_that_was_added_is_listed_with_who_needs_it(planted: str) -> None:
    found = by_path(environment(f"{planted}tracking: {{kind: tracker}}\n"))
    assert found["database.kind"] == Assumption(
        "database.kind", "base", "derived", "needed by tracking"
    )
    assert found["storage.kind"] == Assumption(
        "storage.kind", "store", "derived", "needed by database, tracking"
    )


def test_examples_come_first(planted: str) -> None:
    text = planted.replace("111122223333", "123456789012")
    found = environment(f"{text}storage: {{kind: store, owner: somebody@example.com}}\n")
    assert [(item.path, item.source) for item in found.assumptions[:3]] == [
        ("storage.owner", "example"),
        ("target.account", "example"),
        ("profile", "default"),
    ]


def test_an_example_is_refused_by_what_deploys(planted: str) -> None:
    text = planted.replace("111122223333", "123456789012")
    found = environment(f"{text}storage: {{kind: store, owner: somebody@example.com}}\n")
    with pytest.raises(NotDeployable) as caught:
        refuse_examples(found)
    assert [str(problem) for problem in caught.value.problems] == [
        "storage.owner: 'somebody@example.com' is an example; write your own value.",
        "target.account: '123456789012' is an example; write your own value.",
    ]


def test_a_blueprint_without_examples_is_deployable(planted: str, tmp_path: Path) -> None:
    refuse_examples(environment(f"{planted}storage: {{kind: store, owner: me@acme.dev}}\n"))


def test_a_list_with_an_example_in_it_is_an_example() -> None:
    found = environment("""\
apiVersion: stackwright/v1
name: acme
target: {kind: aws, region: eu-west-1, account: "111122223333"}
cluster:
  kind: eks
  access: {endpoint: private, via: vpn}
  administrators:
    - arn:aws:iam::111122223333:role/deploy
    - arn:aws:iam::123456789012:role/platform-admin
""")
    assert [item.path for item in found.examples()] == ["cluster.administrators"]
