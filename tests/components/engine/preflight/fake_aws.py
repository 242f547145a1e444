"""A fake AWS on loopback: STS, and what moto has not (versions of EKS, offers of RDS)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import parse_qs

import pytest
from tests.components.engine.fake_server import (
    Answering,
    FakeServer,
    Question,
    Reply,
    fake_server,
)

ACCOUNT = "123456789012"
REGION = "eu-west-1"
ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role/platform-admin/someone"
KEY = "AKIDCANARYOFAKEY1234"
SECRET = "canary-of-a-secret-key"


def operation_of(question: Question) -> str:
    """Return the operation that is asked for, or the path where there is none in the body."""
    asked = parse_qs(question.body.decode()).get("Action", [""])[0]
    return asked or question.path.partition("?")[0]


def xml(operation: str, inner: str) -> Reply:
    body = (
        f"<{operation}Response><{operation}Result>{inner}</{operation}Result></{operation}Response>"
    )
    return Reply(body=body.encode(), headers={"Content-Type": "text/xml"})


def error(code: str, status: int = 400, ahead: float = 0) -> Reply:
    body = f"<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
    return Reply(status, body.encode(), {"Content-Type": "text/xml"}, ahead=ahead)


def caller(arn: str = ROLE, account: str = ACCOUNT, ahead: float = 0) -> Reply:
    inner = f"<Arn>{arn}</Arn><UserId>U</UserId><Account>{account}</Account>"
    reply = xml("GetCallerIdentity", inner)
    return Reply(body=reply.body, headers=reply.headers, ahead=ahead)


def answering(replies: Mapping[str, Reply]) -> Answering:
    """Answer by operation; the caller's identity is known where nothing else is said."""
    otherwise = {"GetCallerIdentity": caller()}

    def answer(question: Question) -> Reply:
        operation = operation_of(question)
        found = replies.get(operation) or otherwise.get(operation)
        return found or error("InvalidAction")

    return answer


def sign_in(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    """Give credentials of a fake AWS by variables, and no others."""
    given = {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)


@contextmanager
def fake_aws(
    monkeypatch: pytest.MonkeyPatch, replies: Mapping[str, Reply] | None = None
) -> Iterator[FakeServer]:
    """Run a fake AWS that the credentials of the test are for."""
    with fake_server(answering(replies or {})) as server:
        sign_in(monkeypatch, server.url)
        yield server
