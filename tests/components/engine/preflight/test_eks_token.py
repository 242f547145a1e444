from __future__ import annotations

import base64
import json
import shutil
import subprocess
from urllib.parse import SplitResult, parse_qs, urlsplit

import pytest
from tests.components.engine.fake_server import Reply
from tests.components.engine.preflight.fake_aws import (
    ACCOUNT,
    KEY,
    REGION,
    SECRET,
    fake_aws,
    sign_in,
)

from stackwright.checks import AwsAccount, ClusterReached
from stackwright.cluster_access import EksCluster
from stackwright.engine.preflight.eks_token import eks_token
from stackwright.engine.preflight.result import Result, State
from stackwright.engine.preflight.verify import verify_checks

SIGNED_WHEN = {"X-Amz-Date", "X-Amz-Signature", "X-Amz-Security-Token"}
AUTHORITY = base64.b64encode(b"").decode()


def url_of(encoded: str) -> SplitResult:
    return urlsplit(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode())


def reached(monkeypatch: pytest.MonkeyPatch, cluster: dict[str, object]) -> tuple[Result, str]:
    """Ask a cluster of a fake EKS that is at the fake AWS too; return the token that it saw."""
    replies = {
        "/version": Reply(body={"gitVersion": "v1.35.4-eks-abc"}),
        "/api/v1/namespaces/kube-system": Reply(body={"metadata": {}}),
    }
    access = EksCluster(name="acme", region=REGION)
    with fake_aws(monkeypatch, replies) as server:
        authority = {"data": AUTHORITY}
        given = {"endpoint": server.url, "certificateAuthority": authority, **cluster}
        replies["/clusters/acme"] = Reply(body={"cluster": given})
        _, result = verify_checks(
            [AwsAccount(account=ACCOUNT, region=REGION), ClusterReached(access=access)]
        )
        asked = [q for q in server.questions if q.path == "/version"]
    return result, asked[0].headers.get("Authorization", "") if asked else ""


def test_a_cluster_of_a_fake_eks_is_asked_with_a_token_of_the_caller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result, authorization = reached(monkeypatch, {"status": "ACTIVE"})
    assert result.state is State.OK, result.found
    prefix, _, encoded = authorization.partition("k8s-aws-v1.")
    assert prefix == "Bearer "
    url = url_of(encoded)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert query["Action"] == "GetCallerIdentity"
    assert query["X-Amz-SignedHeaders"] == "host;x-k8s-aws-id"
    assert query["X-Amz-Credential"].startswith(f"{KEY}/")
    assert SECRET not in url.geturl()


@pytest.mark.parametrize("status", ["CREATING", "DELETING", "FAILED"])
def test_a_cluster_of_a_fake_eks_that_is_not_active_is_not_asked(
    status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    result, authorization = reached(monkeypatch, {"status": status})
    assert (result.state, authorization) == (State.FAILED, "")
    assert result.mend == f"aws eks wait cluster-active --name acme --region {REGION}"


@pytest.mark.slow
def test_a_token_is_the_one_that_the_command_of_aws_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("aws") is None:
        pytest.skip("the program aws is not on the path")
    import boto3

    sign_in(monkeypatch, "")
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    command = ["aws", "eks", "get-token", "--cluster-name", "acme", "--region", REGION]
    done = subprocess.run([*command, "--output", "json"], capture_output=True, check=True)
    tokens = (
        eks_token(boto3.Session(region_name=REGION), "acme"),
        str(json.loads(done.stdout)["status"]["token"]),
    )
    urls = [url_of(token.removeprefix("k8s-aws-v1.")) for token in tokens]
    ours, theirs = (
        {key: value for key, value in parse_qs(url.query).items() if key not in SIGNED_WHEN}
        for url in urls
    )
    assert (ours, urls[0].netloc) == (theirs, urls[1].netloc)
