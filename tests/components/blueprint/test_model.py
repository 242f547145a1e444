from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from stackwright.blueprint.model import (
    AwsTarget,
    BlueprintHeader,
    ExistingClusterTarget,
    Mirrors,
    Profile,
    blueprint_model,
)
from stackwright.blueprint.reader import parse
from stackwright.blueprint.validation import problems_of, validate
from stackwright.data.aws_regions import REGIONS
from stackwright.environment import check
from stackwright.errors import InputError
from stackwright.naming import partition

AWS = {"kind": "aws", "region": "eu-west-1", "account": "111122223333"}


def header(**more: Any) -> BlueprintHeader:
    values = {"apiVersion": "stackwright/v1", "name": "acme", "target": AWS, **more}
    return BlueprintHeader.model_validate_json(json.dumps(values))


def test_production_is_the_profile_when_none_is_written() -> None:
    assert header().profile is Profile.PRODUCTION


def test_a_target_is_told_apart_by_its_kind() -> None:
    assert isinstance(header().target, AwsTarget)
    assert isinstance(header(target={"kind": "existing-cluster"}).target, ExistingClusterTarget)


@pytest.mark.parametrize("region", [name for names in REGIONS.values() for name in names])
def test_every_known_region_is_accepted(region: str) -> None:
    target = header(target={**AWS, "region": region}).target
    assert isinstance(target, AwsTarget)
    assert target.region == region


def test_a_region_belongs_to_the_partition_that_its_name_says() -> None:
    assert {region: partition(region) for regions in REGIONS.values() for region in regions} == {
        region: name for name, regions in REGIONS.items() for region in regions
    }


@pytest.mark.parametrize(
    "charts",
    [
        "",
        "https://charts.example.com",
        "https://charts.example.com:8443/stable",
        "oci://registry.example.com/charts",
        "http://127.0.0.1:8000/charts",
        "http://localhost",
    ],
)
def test_charts_come_from_an_encrypted_address_or_this_machine(charts: str) -> None:
    assert Mirrors(charts=charts).charts == charts


@pytest.mark.parametrize(
    "charts",
    [
        "http://charts.example.com",
        "https://robot@charts.example.com",
        "https://robot:word@charts.example.com",
        "http://localhost.example.com",
        "file:///charts",
        "https://169.254.169.254/latest",
        "https://charts.example.com/a b",
        "oci://",
    ],
)
def test_other_addresses_of_charts_are_refused(charts: str) -> None:
    with pytest.raises(ValidationError):
        Mirrors(charts=charts)


@pytest.mark.parametrize("images", ["", "registry.example.com", "registry.example.com:5000/a/b"])
def test_images_come_from_a_registry_and_path(images: str) -> None:
    assert Mirrors(images=images).images == images


@pytest.mark.parametrize("images", ["https://a.example.com", "a b", "-a", "169.254.169.254/x"])
def test_other_registries_are_refused(images: str) -> None:
    with pytest.raises(ValidationError):
        Mirrors(images=images)


@pytest.mark.parametrize("projects", ["projects/*.yaml", "**/*.yml", "a.yaml", "teams/a-b/p?.yaml"])
def test_projects_are_files_below_the_blueprint(projects: str) -> None:
    assert header(projects=projects).projects == projects


@pytest.mark.parametrize(
    "projects",
    [
        "../*.yaml",
        "a/../b.yaml",
        "/a.yaml",
        "~/a.yaml",
        "C:/a.yaml",
        "a\\b.yaml",
        ".git/a.yaml",
        "a/.b.yaml",
        "a.txt",
        "a//b.yaml",
        "projects/",
    ],
)
def test_projects_elsewhere_are_refused(projects: str) -> None:
    with pytest.raises(ValidationError):
        header(projects=projects)


def test_labels_whose_keys_differ_only_in_case_are_refused() -> None:
    with pytest.raises(ValidationError, match="Team and team are one key to AWS"):
        header(labels={"Team": "a", "team": "b"})


def test_a_resource_that_may_be_lost_is_named_once() -> None:
    allowed = {
        "resource": "aws:s3/bucket:Bucket::storage-data",
        "reason": "all objects were copied",
        "expires": "2027-01-31",
    }
    (read,) = header(allow_replacement=[allowed]).allow_replacement
    assert (read.resource, read.reason, read.expires) == tuple(allowed.values())
    with pytest.raises(ValidationError, match="a resource is named twice; name each once"):
        header(allow_replacement=[allowed, {**allowed, "expires": "2027-02-28"}])


BEGIN = """\
apiVersion: stackwright/v1
name: acme-ml
target: {kind: aws, region: eu-west-1, account: "210987654321"}
allow_replacement:
"""


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (
            "aws:s3/bucket:Bucket::a",
            'allow_replacement[0]: "aws:s3/bucket:Bucket::a" is text; a mapping such as {resource:'
            ' TYPE::NAME, reason: WHY, expires: "YYYY-MM-DD"} is expected.',
        ),
        (
            '{resource: "a:b::c", reason: moved, expires: "2027-02-29"}',
            'allow_replacement[0].expires: "2027-02-29" is no day of the calendar.',
        ),
        (
            '{resource: "a:b::c", reason: moved, expires: 2027-01-31}',
            "allow_replacement[0].expires: 2027-01-31 is a date to some readers of YAML and"
            ' something else to others. Quote it: "2027-01-31".',
        ),
        (
            '{resource: "a:b::c", expires: "2027-01-31"}',
            "allow_replacement[0].reason: this key is missing; one line of text of 1 to 1000"
            ' characters is expected. For example: reason: "all objects were copied"',
        ),
    ],
)
def test_who_allows_a_loss_says_why_and_until_when(entry: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        check(parse(f"{BEGIN}  - {entry}\n", "b.yaml"))
    assert [str(problem).split(": ", 1)[1] for problem in caught.value.problems] == [told]


def test_a_capability_is_one_tool_or_several_by_name(planted: str) -> None:
    text = planted + "storage: {kind: store}\ntracking: {a: {kind: tracker}, b: {kind: tracker}}\n"
    blueprint = validate(blueprint_model(), parse(text, "b.yaml").root, "b.yaml")
    assert list(blueprint.capability("storage")) == ["storage"]
    assert list(blueprint.capability("tracking")) == ["a", "b"]
    assert blueprint.capability("monitoring") == {}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("storage: {copies: 2}", "storage.kind"),
        ("storage: {}", "storage.kind"),
        ("storage: {hot: {copies: 2}}", "storage.hot.kind"),
        ("storage: {hot: {kind: vault, copies: 20}}", "storage.hot.copies"),
        ("storage: {kind: vault, doors: 0}", "storage.doors"),
        ("storage: {kind: store, doors: 1}", "storage.doors"),
        ("storage: {Hot: {kind: store}}", "storage.Hot"),
    ],
)
def test_a_wrong_tool_is_told_at_its_own_key(planted: str, text: str, path: str) -> None:
    document = parse(f"{planted}{text}\n", "b.yaml")
    (problem,) = problems_of(blueprint_model(), document.root, "b.yaml")
    assert (problem.path, problem.line) == (path, 4)
