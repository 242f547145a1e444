"""The checks of an account, against moto's server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.components.engine.preflight.fake_aws import sign_in
from tests.servers.process import answers, free_port, running
from tests.servers.programs import server_command

from stackwright import naming
from stackwright.checks import (
    AwsAccount,
    AwsZones,
    Check,
    ClusterReached,
    DefaultStorageClass,
    EksAdministrator,
    EndpointServicesOffered,
    IdentityProvider,
    InstanceTypesOffered,
    ServiceRole,
)
from stackwright.cluster_access import EksCluster
from stackwright.engine.preflight.result import Result, State
from stackwright.engine.preflight.verify import verify_checks
from stackwright.scope import Scope

pytestmark = pytest.mark.slow

ACCOUNT, REGION = "123456789012", "eu-west-1"
SCOPE = Scope(name="acme-ml", environment="prod", account=ACCOUNT, region=REGION)
OWNER = tuple(naming.tags(SCOPE).items())
TAGS = [{"Key": key, "Value": value} for key, value in OWNER]
ISSUER = "token.actions.githubusercontent.com"
ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command: list[str | Path] = [
        server_command("moto_server"),
        *("-H", "127.0.0.1", "-p", str(port)),
    ]
    folder = tmp_path_factory.mktemp("moto")
    with running("moto", command, folder=folder, ready=lambda _: answers(f"{url}/moto-api/")):
        yield url


@pytest.fixture
def session(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a session of boto3 in an account without anything."""
    import boto3

    sign_in(monkeypatch, endpoint)
    session = boto3.Session(region_name=REGION)
    iam = session.client("iam")
    for provider in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=provider["Arn"])
    return session


def verified(check: Check) -> Result:
    return verify_checks([AwsAccount(account=ACCOUNT, region=REGION), check])[1]


def provider(*, made_here: bool) -> IdentityProvider:
    return IdentityProvider(
        issuer=ISSUER,
        name="the trust",
        made_here=made_here,
        otherwise="existing" if made_here else "create",
        owner=OWNER,
        verifies=("delivery.identity_provider",),
    )


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize(
    ("check", "state", "words"),
    [
        (AwsZones(zones=ZONES), State.OK, "are available"),
        (
            AwsZones(zones=("eu-west-1a", "eu-west-1f")),
            State.FAILED,
            "the account has no eu-west-1f; it has eu-west-1a, eu-west-1b, eu-west-1c.",
        ),
        (
            InstanceTypesOffered(pool="a", types=("m7i.xlarge",), zones=ZONES),
            State.OK,
            "m7i.xlarge",
        ),
        (
            InstanceTypesOffered(pool="a", types=("no.such", "m7i.xlarge"), zones=ZONES),
            State.OK,
            "m7i.xlarge",
        ),
        (
            InstanceTypesOffered(pool="a", types=("no.such",), zones=ZONES),
            State.FAILED,
            "eu-west-1a, eu-west-1b, eu-west-1c offers none of no.such.",
        ),
        (EndpointServicesOffered(region=REGION, services=("ecr.api", "sts")), State.OK, "all 2"),
        (
            EndpointServicesOffered(region=REGION, services=("ecr.api", "no-such")),
            State.FAILED,
            "the region has no endpoint for no-such.",
        ),
    ],
)
def test_what_the_account_offers_is_told(check: Check, state: State, words: str) -> None:
    result = verified(check)
    assert (result.state, words in result.found) == (state, True), result.found


def test_a_session_of_an_administrator_may_deploy(
    session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust = '{"Version": "2012-10-17", "Statement": []}'
    role = session.client("iam").create_role(
        RoleName="platform-admin", Path="/team/", AssumeRolePolicyDocument=trust
    )["Role"]["Arn"]
    given = session.client("sts").assume_role(RoleArn=role, RoleSessionName="someone")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", given["Credentials"]["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", given["Credentials"]["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", given["Credentials"]["SessionToken"])
    assert verified(EksAdministrator(administrators=(role,))).state is State.OK
    other = f"arn:aws:iam::{ACCOUNT}:role/other"
    refused = verified(
        EksAdministrator(administrators=(other,), verifies=("cluster.administrators",))
    )
    assert (refused.state, refused.mend) == (State.FAILED, f"cluster.administrators: add {role}")


@pytest.mark.usefixtures("session")
def test_a_trust_that_is_not_there_is_made_here() -> None:
    assert verified(provider(made_here=True)).state is State.OK
    missing = verified(provider(made_here=False))
    assert (missing.state, missing.mend) == (State.FAILED, "delivery.identity_provider: create")


def test_a_trust_of_somebody_else_is_not_made_twice(session: Any) -> None:
    session.client("iam").create_open_id_connect_provider(Url=f"https://{ISSUER}")
    twice = verified(provider(made_here=True))
    assert (twice.state, twice.mend) == (State.FAILED, "delivery.identity_provider: existing")
    assert verified(provider(made_here=False)).state is State.OK


def test_a_trust_of_ours_stays_ours(session: Any) -> None:
    session.client("iam").create_open_id_connect_provider(Url=f"https://{ISSUER}", Tags=TAGS)
    assert verified(provider(made_here=True)).state is State.OK
    deleted = verified(provider(made_here=False))
    assert (deleted.state, "which would now delete it" in deleted.found) == (State.FAILED, True)


def test_a_service_s_role_is_made_by_one_side(session: Any) -> None:
    given: dict[str, Any] = {
        "role": "AWSServiceRoleForAutoScaling",
        "name": "the role",
        "owner": OWNER,
        "verifies": ("cluster.create_autoscaling_role",),
    }
    ours = ServiceRole(made_here=True, otherwise="false", **given)
    theirs = ServiceRole(made_here=False, otherwise="true", **given)
    assert (verified(ours).state, verified(theirs).state) == (State.OK, State.FAILED)
    assert verified(theirs).mend == "cluster.create_autoscaling_role: true"
    session.client("iam").create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")
    assert (verified(ours).state, verified(theirs).state) == (State.FAILED, State.OK)


@pytest.mark.usefixtures("session")
def test_a_cluster_that_is_not_made_is_skipped_and_not_failed() -> None:
    reached = ClusterReached(access=EksCluster(name="acme", region=REGION))
    account = AwsAccount(account=ACCOUNT, region=REGION)
    results = verify_checks([account, reached, DefaultStorageClass()])
    assert [result.state for result in results] == [State.OK, State.SKIPPED, State.SKIPPED]
    assert {result.found for result in results[1:]} == {"the cluster acme is not there yet."}
