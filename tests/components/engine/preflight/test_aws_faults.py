"""Errors of botocore that no server on loopback brings about, made by hand."""

from __future__ import annotations

import pytest
from botocore import exceptions as botocore
from tests.components.engine.fake_server import Reply
from tests.components.engine.preflight.fake_aws import ACCOUNT, REGION, fake_aws

from stackwright.checks import AwsAccount
from stackwright.engine.preflight import aws
from stackwright.engine.preflight.aws_faults import unanswered
from stackwright.engine.preflight.result import State
from stackwright.engine.preflight.verify import verify_checks

URL = "https://sts.eu-west-1.amazonaws.com/"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            botocore.ConnectTimeoutError(endpoint_url=URL, error="late"),
            f"{URL} gave no answer in time.",
        ),
        (
            botocore.SSLError(endpoint_url=URL, error=Exception("self-signed")),
            f"{URL} shows a certificate that is not trusted; a proxy may stand before it.",
        ),
        (
            botocore.ProxyConnectionError(proxy_url="http://user:canary@proxy", error="refused"),
            "AWS cannot be reached through the proxy of HTTPS_PROXY.",
        ),
        (botocore.LoginTokenLoadError(error_msg="canary"), "your AWS session is over."),
        (botocore.InvalidRegionError(region_name="no region"), "AWS could not be asked"),
    ],
)
def test_an_error_of_botocore_is_told_without_its_secrets(error: Exception, words: str) -> None:
    told = unanswered(error)
    assert told.found.startswith(words)
    assert "canary" not in f"{told.found}{told.mend}"


def test_a_fake_aws_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "READ_WITHIN", 0.2)
    with fake_aws(monkeypatch, {"GetCallerIdentity": Reply(hang=True)}) as server:
        (result,) = verify_checks([AwsAccount(account=ACCOUNT, region=REGION)])
        asked = len(server.questions)
    assert (result.state, "gave no answer in time" in result.found) == (State.FAILED, True)
    assert asked == aws.TRIES
