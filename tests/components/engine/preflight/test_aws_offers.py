"""What EKS and RDS offer comes from a fake AWS: moto answers neither question."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pytest
from tests.components.engine.fake_server import Reply
from tests.components.engine.preflight.fake_aws import ACCOUNT, REGION, error, fake_aws, xml

from stackwright.checks import AwsAccount, Check, DatabaseOffered, EksVersionOffered
from stackwright.engine.preflight import aws
from stackwright.engine.preflight.result import Result, State
from stackwright.engine.preflight.verify import verify_checks

VERSION = EksVersionOffered(version="1.35", cluster="acme", verifies=("cluster.version",))
DATABASE = DatabaseOffered(
    engine="postgres",
    version="17",
    instance_class="db.m7g.large",
    multi_az=True,
    verifies=("database.instance_class",),
)

NO_CLUSTER = Reply(404, {"message": "no"}, {"x-amzn-ErrorType": "ResourceNotFoundException"})


def verified(check: Check, replies: Mapping[str, Reply], monkeypatch: pytest.MonkeyPatch) -> Result:
    with fake_aws(monkeypatch, replies):
        results = verify_checks([AwsAccount(account=ACCOUNT, region=REGION), check])
    return results[1]


def eks(now: str = "", offered: tuple[str, ...] = ("1.34", "1.35", "1.36")) -> dict[str, Reply]:
    versions = [{"clusterVersion": one, "versionStatus": "STANDARD_SUPPORT"} for one in offered]
    cluster = Reply(body={"cluster": {"name": "acme", "version": now}}) if now else NO_CLUSTER
    return {
        "/cluster-versions": Reply(body={"clusterVersions": versions}),
        "/clusters/acme": cluster,
    }


def rds(
    *, versions: tuple[str, ...] = ("16.9", "17.4", "17.10"), options: int = 1, standby: bool = True
) -> dict[str, Reply]:
    known = "".join(
        f"<DBEngineVersion><EngineVersion>{one}</EngineVersion></DBEngineVersion>"
        for one in versions
    )
    one = f"<MultiAZCapable>{str(standby).lower()}</MultiAZCapable>"
    option = f"<OrderableDBInstanceOption>{one}</OrderableDBInstanceOption>" * options
    return {
        "DescribeDBEngineVersions": xml(
            "DescribeDBEngineVersions", f"<DBEngineVersions>{known}</DBEngineVersions>"
        ),
        "DescribeOrderableDBInstanceOptions": xml(
            "DescribeOrderableDBInstanceOptions",
            f"<OrderableDBInstanceOptions>{option}</OrderableDBInstanceOptions>",
        ),
    }


def test_a_version_that_eks_offers_can_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    result = verified(VERSION, eks(), monkeypatch)
    assert (result.state, result.found) == (State.OK, "EKS offers it (standard support).")


def test_a_version_that_eks_does_not_offer_is_told_with_those_that_it_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result = verified(VERSION, eks(offered=("1.33", "1.34")), monkeypatch)
    assert (result.state, result.found) == (State.FAILED, "EKS offers 1.33, 1.34 here.")
    assert result.mend == "cluster.version: take a version that EKS offers"


@pytest.mark.parametrize(
    ("now", "mend"), [("1.33", 'cluster.version: "1.34"'), ("1.36", 'cluster.version: "1.36"')]
)
def test_a_version_that_the_cluster_cannot_get_to_is_told_with_the_step_that_it_can(
    now: str, mend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = verified(VERSION, eks(now), monkeypatch)
    assert (result.state, result.mend) == (State.FAILED, mend)
    assert result.found.startswith(f"the cluster runs {now}; ")


@pytest.mark.parametrize("now", ["1.34", "1.35"])
def test_a_version_is_raised_by_one_step_or_none(now: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verified(VERSION, eks(now), monkeypatch).state is State.OK


def test_a_cluster_of_a_version_that_is_offered_no_more_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert verified(VERSION, eks("1.35", ("1.36",)), monkeypatch).state is State.OK


def test_a_database_is_offered_by_the_newest_minor_version(monkeypatch: pytest.MonkeyPatch) -> None:
    result = verified(DATABASE, rds(), monkeypatch)
    assert (result.state, result.found) == (State.OK, "RDS offers 17.10 on db.m7g.large.")


@pytest.mark.parametrize(
    ("replies", "words"),
    [
        (rds(versions=("9.6", "16.9")), "RDS offers postgres 9, 16 here."),
        (rds(options=0), "RDS offers no db.m7g.large for postgres 17 here."),
        (rds(standby=False), "RDS keeps no standby of db.m7g.large in another zone here."),
    ],
)
def test_a_database_that_is_not_offered_is_told(
    replies: Mapping[str, Reply], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = verified(DATABASE, replies, monkeypatch)
    assert (result.state, result.found) == (State.FAILED, words)


def test_a_standby_that_is_not_wanted_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = dataclasses.replace(DATABASE, multi_az=False)
    assert verified(alone, rds(standby=False), monkeypatch).state is State.OK


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("AccessDenied", "you may not ask: DescribeDBEngineVersions is denied (AccessDenied)."),
        ("Throttling", "AWS was too busy for DescribeDBEngineVersions, at every try (Throttling)."),
        ("Surprise", "AWS refused DescribeDBEngineVersions (Surprise)."),
    ],
)
def test_what_a_fake_aws_does_not_tell_is_unknown_and_not_failed(
    code: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws, "TRIES", 1)
    result = verified(DATABASE, {"DescribeDBEngineVersions": error(code)}, monkeypatch)
    assert (result.state, result.found) == (State.UNKNOWN, words)


def test_a_question_is_asked_at_most_five_times_of_a_fake_aws(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with fake_aws(monkeypatch, {"DescribeDBEngineVersions": error("Throttling")}) as server:
        verify_checks([AwsAccount(account=ACCOUNT, region=REGION), DATABASE])
    assert len(server.questions) == 1 + 5


def test_a_web_page_of_a_fake_aws_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Reply(body=b"<html>Sign in</html>")
    result = verified(DATABASE, {"DescribeDBEngineVersions": page}, monkeypatch)
    assert (result.state, result.mend) == (State.UNKNOWN, "env | grep -i proxy")
