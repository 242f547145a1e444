"""Opens the AWS account: whose credentials they are, and why they are not valid."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from stackwright.checks import AwsAccount
from stackwright.engine.preflight.aws_faults import unanswered
from stackwright.engine.preflight.result import State, Unanswered
from stackwright.errors import MissingExtra

CONNECT_WITHIN = 5
"""Seconds that a connection may take."""

READ_WITHIN = 15
"""Seconds that an answer may take."""

TRIES = 5
"""How often a question is asked at most."""

Answered = TypeVar("Answered")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the credentials are of."""

    account: str
    arn: str
    key_ending: str
    """Last four characters of the access key's public half."""
    source: str
    """Where the credentials were found, in words."""

    def __str__(self) -> str:
        return f"{self.arn} (key ...{self.key_ending}, {self.source})"


class Account:
    """An AWS account that is asked as its caller. Safe to use from several threads."""

    def __init__(self, session: Any, identity: Identity, skew: float | None) -> None:
        self._session = session
        self._lock = threading.Lock()
        self.identity = identity
        self.skew = skew
        """Seconds that the clock of this machine is ahead of AWS; None when AWS did not tell."""

    def ask(self, service: str, operation: str, key: str, **arguments: Any) -> Any:
        """Return `key` of the answer of one operation that only reads.

        Args:
            service: Name of the service in boto3, such as `ec2`.
            operation: Name of the method in boto3, such as `describe_regions`.
            key: Name of the answer's field.
            arguments: Its arguments.

        Raises:
            Unanswered: It was refused, or did not answer.
        """
        return answered(lambda: getattr(self._client(service), operation)(**arguments)[key])

    def pages(self, service: str, operation: str, key: str, **arguments: Any) -> list[Any]:
        """Return the list `key` of an operation, all pages of it.

        Raises:
            Unanswered: It was refused, or did not answer.
        """

        def all_pages() -> Iterator[Any]:
            paginator_of = self._client(service).get_paginator
            for page in paginator_of(operation).paginate(**arguments):
                yield from page[key]

        return answered(lambda: list(all_pages()))

    def find(self, service: str, operation: str, **arguments: Any) -> Mapping[str, Any] | None:
        """Return the answer about one thing; None when there is no such thing.

        Raises:
            Unanswered: It was refused for another reason, or did not answer.
        """
        from botocore.exceptions import ClientError

        def asked() -> Mapping[str, Any] | None:
            try:
                return dict(getattr(self._client(service), operation)(**arguments))
            except ClientError as error:
                if error.response["Error"]["Code"] in _NO_SUCH_THING:
                    return None
                raise

        return answered(asked)

    def token(self, cluster: str) -> str:
        """Return a token for an EKS cluster, valid for minutes; it is not to be shown.

        Raises:
            Unanswered: The credentials are no longer valid.
        """
        from stackwright.engine.preflight.eks_token import eks_token

        return answered(lambda: eks_token(self._session, cluster))

    def _client(self, service: str) -> Any:
        # A session makes clients for one thread at a time; clients serve all.
        with self._lock:
            return client(self._session, service)


_NO_SUCH_THING = ("NoSuchEntity", "ResourceNotFoundException", "NoSuchBucket", "404")


def open_account(check: AwsAccount) -> Account:
    """Return the account that the caller's credentials are of.

    Raises:
        Unanswered: There are no credentials, they are not valid, or they are of another account
            (failed); or boto3 is not installed (unknown).
    """
    try:
        import boto3
    except ImportError as error:
        raise Unanswered(State.UNKNOWN, str(MissingExtra("boto3", "aws"))) from error
    try:
        session = answered(lambda: boto3.Session(region_name=check.region))
        return _opened(session, check)
    except Unanswered as refusal:
        # Where nobody can be asked who you are, nothing can be deployed either.
        raise Unanswered(State.FAILED, refusal.found, refusal.mend) from refusal


def _opened(session: Any, check: AwsAccount) -> Account:
    credentials = answered(session.get_credentials)
    if credentials is None:
        raise Unanswered(State.FAILED, "there are no AWS credentials.", _SIGN_IN)
    key = answered(credentials.get_frozen_credentials).access_key
    answer = answered(lambda: _caller(session))
    source = _SOURCES.get(credentials.method) or f"from {credentials.method}"
    identity = Identity(answer["Account"], answer["Arn"], key[-4:], source)
    if identity.account != check.account:
        raise Unanswered(
            State.FAILED,
            f"you act in account {identity.account}, as {identity}; the blueprint says"
            f" {check.account}.",
            check.mend,
        )
    return Account(session, identity, _skew(answer))


def _caller(session: Any) -> Mapping[str, Any]:
    identify = client(session, "sts").get_caller_identity
    answer: Mapping[str, Any] = identify()
    return {key: answer[key] for key in ("Account", "Arn", "ResponseMetadata")}


def client(session: Any, service: str) -> Any:
    """Return a client that gives up in time."""
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_WITHIN,
        read_timeout=READ_WITHIN,
        retries={"total_max_attempts": TRIES, "mode": "standard"},
    )
    return session.client(service, config=config)


def answered(ask: Callable[[], Answered]) -> Answered:
    """Return what was answered.

    Raises:
        Unanswered: It was refused, or nothing was answered, in words.
    """
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    try:
        return ask()
    except (BotoCoreError, ClientError, RuntimeError) as error:
        raise unanswered(error) from error
    except (ResponseParserError, KeyError) as error:
        # botocore takes a web page that comes with success for an answer without fields.
        raise Unanswered(State.UNKNOWN, _NO_AWS, "env | grep -i proxy") from error


def _skew(answer: Mapping[str, Any]) -> float | None:
    from stackwright.engine.preflight.aws_faults import server_clock

    clock = server_clock(answer)
    return (datetime.now(UTC) - clock).total_seconds() if clock else None


_NO_AWS = "what answers is not AWS; a proxy or a login page may stand before it."

_SIGN_IN = "aws configure sso"

_SOURCES = {
    "env": "from environment variables",
    "shared-credentials-file": "from the shared credentials file",
    "config-file": "from the config file",
    "assume-role": "by assuming a role",
    "assume-role-with-web-identity": "by a web identity",
    "sso": "by single sign-on",
    "custom-process": "from a credential process",
    "container-role": "of the container",
    "iam-role": "of this machine",
    "login": "by aws login",
}
"""botocore's names of where credentials come from, in words."""
