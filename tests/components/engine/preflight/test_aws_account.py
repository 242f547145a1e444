from __future__ import annotations

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.components.engine.fake_server import Reply
from tests.components.engine.preflight.fake_aws import (
    ACCOUNT,
    KEY,
    REGION,
    ROLE,
    SECRET,
    caller,
    error,
    fake_aws,
    sign_in,
)
from tests.servers.process import free_port

from stackwright.checks import AwsAccount, AwsZones, ClockAgrees, EksAdministrator
from stackwright.engine.preflight.aws_account import role_of
from stackwright.engine.preflight.result import Result, State
from stackwright.engine.preflight.verify import verify_checks

CHECK = AwsAccount(account=ACCOUNT, region=REGION)
ADMINISTRATORS = (f"arn:aws:iam::{ACCOUNT}:role/team/platform-admin",)
ADMINISTRATOR = EksAdministrator(
    administrators=ADMINISTRATORS, verifies=("cluster.administrators",)
)


def verified(*checks: AwsAccount | EksAdministrator | ClockAgrees | AwsZones) -> tuple[Result, ...]:
    results = verify_checks(checks)
    for result in results:
        shown = f"{result.found} {result.mend}"
        assert SECRET not in shown
        assert KEY not in shown
    return results


def test_the_caller_is_told_by_its_name_and_the_end_of_its_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with fake_aws(monkeypatch):
        (result,) = verified(CHECK)
    assert result.state is State.OK
    assert result.found == f"you act as {ROLE} (key ...1234, from environment variables)."


def test_another_account_is_told_and_nothing_else_is_asked_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    replies = {"GetCallerIdentity": caller(account="999999999999")}
    with fake_aws(monkeypatch, replies) as server:
        account, zones = verified(CHECK, AwsZones(zones=("eu-west-1a",)))
    assert (account.state, zones.state) == (State.FAILED, State.SKIPPED)
    assert account.found.startswith("you act in account 999999999999, as ")
    assert account.mend == f"export AWS_PROFILE=<a profile of account {ACCOUNT}>"
    assert len(server.questions) == 1


@pytest.mark.parametrize(
    ("code", "words", "mend"),
    [
        (
            "ExpiredToken",
            "your AWS credentials are expired.",
            "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN && aws sso login",
        ),
        ("InvalidClientTokenId", "AWS does not know your credentials", "aws configure list"),
        ("SignatureDoesNotMatch", "AWS does not know your credentials", "aws configure list"),
    ],
)
def test_credentials_that_a_fake_aws_refuses_are_told_in_words(
    code: str, words: str, mend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_aws(monkeypatch, {"GetCallerIdentity": error(code, 403)}):
        (result,) = verified(CHECK)
    assert (result.state, result.mend) == (State.FAILED, mend)
    assert result.found.startswith(words)


@pytest.mark.parametrize("code", ["SignatureDoesNotMatch", "RequestTimeTooSkewed", "ExpiredToken"])
def test_a_signature_that_a_fake_aws_refuses_for_the_clock_is_told_so(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_aws(monkeypatch, {"GetCallerIdentity": error(code, 403, ahead=3600)}):
        (result,) = verified(CHECK)
    assert result.state is State.FAILED
    assert re.search(r"the clock of this machine is 3[56].. seconds behind AWS", result.found)
    assert result.mend == "sudo timedatectl set-ntp true"


def test_expired_credentials_are_told_with_their_end_and_profile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with fake_aws(monkeypatch, {"GetCallerIdentity": error("ExpiredToken", 403)}):
        monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z")
        (result,) = verified(CHECK)
    assert result.state is State.FAILED
    assert "2020-01-01T00:00:00Z" in result.found


def test_missing_credentials_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_aws(monkeypatch):
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        (result,) = verified(CHECK)
    assert result.state is State.FAILED
    assert (result.found, result.mend) == ("there are no AWS credentials.", "aws configure sso")


def test_half_of_the_credentials_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_aws(monkeypatch):
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        (result,) = verified(CHECK)
    assert result.found == "your AWS credentials are missing or not complete."


def test_a_profile_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_aws(monkeypatch):
        monkeypatch.setenv("AWS_PROFILE", "prod")
        (result,) = verified(CHECK)
    assert result.state is State.FAILED
    assert result.found == "there is no AWS profile prod."
    assert result.mend == "aws configure list-profiles"


@pytest.mark.parametrize("body", [b"<html>Sign in</html>", b"no markup", b""])
def test_a_web_page_of_a_fake_aws_is_not_taken_for_an_answer(
    body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_aws(monkeypatch, {"GetCallerIdentity": Reply(body=body)}):
        (result,) = verified(CHECK)
    assert result.state is State.FAILED
    assert result.found == "what answers is not AWS; a proxy or a login page may stand before it."


def test_a_library_that_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    (result,) = verified(CHECK)
    assert result.state is State.UNKNOWN
    assert "pip install 'stackwright[aws]'" in result.found


def test_a_refused_connection_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(monkeypatch, f"http://127.0.0.1:{free_port()}")
    (result,) = verified(CHECK)
    assert result.state is State.FAILED
    assert "cannot be reached" in result.found


def test_an_unknown_host_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    sign_in(monkeypatch, "http://sts.no-such-region.invalid")
    (result,) = verified(CHECK)
    assert result.state is State.FAILED
    assert "is a host name that is not known here" in result.found


def test_a_wrong_clock_is_found_by_the_date_of_a_fake_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_aws(monkeypatch, {"GetCallerIdentity": caller(ahead=-1000)}):
        account, clock = verified(CHECK, ClockAgrees())
    assert (account.state, clock.state) == (State.OK, State.FAILED)
    assert " seconds ahead of that of the servers." in clock.found


def test_a_right_clock_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_aws(monkeypatch, {"GetCallerIdentity": caller(ahead=100)}):
        assert [result.state for result in verified(CHECK, ClockAgrees())] == [State.OK, State.OK]


def test_a_role_among_the_administrators_may_deploy(monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_aws(monkeypatch):
        _, result = verified(CHECK, ADMINISTRATOR)
    assert (result.state, result.found) == (
        State.OK,
        "the role platform-admin is an administrator.",
    )


def test_a_role_that_is_no_administrator_is_told_with_the_key_to_add_it_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = f"arn:aws:sts::{ACCOUNT}:assumed-role/other/someone"
    with fake_aws(monkeypatch, {"GetCallerIdentity": caller(other)}):
        _, result = verified(CHECK, ADMINISTRATOR)
    assert result.state is State.FAILED
    assert result.found == f"the role other is not among {ADMINISTRATORS[0]}."
    assert result.mend == f"cluster.administrators: add arn:aws:iam::{ACCOUNT}:role/other"


def test_a_user_of_iam_is_told_to_take_a_role(monkeypatch: pytest.MonkeyPatch) -> None:
    user = f"arn:aws:iam::{ACCOUNT}:user/someone"
    with fake_aws(monkeypatch, {"GetCallerIdentity": caller(user)}):
        _, result = verified(CHECK, ADMINISTRATOR)
    assert result.state is State.FAILED
    assert "which is no role" in result.found
    assert result.mend == f"export AWS_PROFILE=<a profile that assumes {ADMINISTRATORS[0]}>"


@pytest.mark.parametrize(
    ("arn", "role"),
    [
        (f"arn:aws:iam::{ACCOUNT}:role/admin", (ACCOUNT, "admin")),
        (f"arn:aws-cn:iam::{ACCOUNT}:role/a/b/admin", (ACCOUNT, "admin")),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/admin/me@example.com", (ACCOUNT, "admin")),
        (
            f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_A_1",
            (ACCOUNT, "AWSReservedSSO_A_1"),
        ),
        (f"arn:aws:iam::{ACCOUNT}:user/admin", ("", "")),
        (f"arn:aws:iam::{ACCOUNT}:root", ("", "")),
        (f"arn:aws:sts::{ACCOUNT}:federated-user/admin", ("", "")),
        ("", ("", "")),
    ],
)
def test_the_role_of_an_arn(arn: str, role: tuple[str, str]) -> None:
    assert role_of(arn) == role


NAMES = st.text("abcXYZ019+=,.@_-", min_size=1, max_size=64)


@given(path=st.lists(NAMES, max_size=3), name=NAMES, session=NAMES)
def test_a_session_is_of_its_role_whatever_the_role_s_path(
    path: list[str], name: str, session: str
) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/{'/'.join([*path, name])}"
    assert role_of(role) == role_of(f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{session}")


@given(first=NAMES, second=NAMES)
def test_roles_of_different_names_are_never_one(first: str, second: str) -> None:
    arns = (f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in (first, second))
    assert (role_of(next(arns)) == role_of(next(arns))) == (first == second)
