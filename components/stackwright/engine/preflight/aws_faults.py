"""Words for everything that can go wrong between this machine and an answer of AWS."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from stackwright.engine.preflight.aws_session import ended, sign_in
from stackwright.engine.preflight.result import State, Unanswered

TOLERATED_SKEW = 300.0
"""Seconds that AWS lets a clock be wrong (IAM user guide, "Signing AWS API requests")."""

_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_INVALID = frozenset(
    {
        "AuthFailure",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
    }
)
_DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "UnauthorizedOperation",
        "AuthorizationError",
        "OptInRequired",
    }
)
_BUSY = frozenset(
    {"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException"}
)
_SIGNED_WHEN = frozenset({"RequestTimeTooSkewed", "RequestInTheFuture"})


def unanswered(error: Exception) -> Unanswered:
    """Return why AWS gave no answer, and what mends it."""
    from botocore.exceptions import ClientError

    if isinstance(error, ClientError):
        return _refused(error)
    return _of_credentials(error) or _not_reached(error)


def _of_credentials(error: Exception) -> Unanswered | None:
    """Return what is wrong with the credentials; None when it is something else."""
    from botocore import exceptions as botocore

    profile = os.environ.get("AWS_PROFILE", "")
    known: tuple[tuple[Any, str, str], ...] = (
        (botocore.LoginError, "your AWS session is over.", "aws login"),
        # botocore raises it for variables that say themselves that they are expired.
        (RuntimeError, f"your AWS credentials are expired{ended()}.", sign_in()),
        (
            botocore.SSOError | botocore.TokenRetrievalError,
            f"your AWS session is over{ended()}.",
            sign_in(),
        ),
        (
            botocore.ProfileNotFound,
            f"there is no AWS profile {profile}.",
            "aws configure list-profiles",
        ),
        (
            botocore.NoCredentialsError | botocore.PartialCredentialsError,
            "your AWS credentials are missing or not complete.",
            "aws configure sso",
        ),
        (
            botocore.CredentialRetrievalError,
            "the program or service that gives your AWS credentials failed.",
            "aws sts get-caller-identity",
        ),
        (
            botocore.ConfigParseError,
            "your AWS configuration cannot be read.",
            "aws configure list",
        ),
    )
    found = (Unanswered(State.FAILED, *words) for kind, *words in known if isinstance(error, kind))
    return next(found, None)


def server_clock(answer: Mapping[str, Any]) -> datetime | None:
    """Return the time that AWS wrote on an answer; None when it did not tell."""
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    try:
        return parsedate_to_datetime(headers["date"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError):
        return None


def _refused(error: Any) -> Unanswered:
    code = error.response.get("Error", {}).get("Code", "")
    clock = server_clock(error.response)
    ahead = (datetime.now(UTC) - clock).total_seconds() if clock else 0.0
    if code in _SIGNED_WHEN or (code in _EXPIRED | _INVALID and abs(ahead) > TOLERATED_SKEW):
        return Unanswered(
            State.FAILED,
            f"AWS refuses your signature, because {skew_words(ahead)}.",
            "sudo timedatectl set-ntp true",
        )
    if code in _EXPIRED:
        return Unanswered(
            State.FAILED,
            f"your AWS credentials are expired{ended()}.",
            sign_in(),
        )
    if code in _INVALID:
        return Unanswered(
            State.FAILED,
            f"AWS does not know your credentials ({code}).",
            "aws configure list",
        )
    operation = error.operation_name
    if code in _DENIED:
        return Unanswered(
            State.UNKNOWN,
            f"you may not ask: {operation} is denied ({code}).",
            f"allow {operation} to the role that you act as",
        )
    if code in _BUSY:
        return Unanswered(
            State.UNKNOWN, f"AWS was too busy for {operation}, at every try ({code})."
        )
    return Unanswered(State.UNKNOWN, f"AWS refused {operation} ({code}).")


def _not_reached(error: Exception) -> Unanswered:
    from botocore import exceptions as botocore

    where = str(getattr(error, "kwargs", {}).get("endpoint_url", "AWS"))
    words = "cannot be reached"
    if isinstance(error, botocore.ConnectTimeoutError | botocore.ReadTimeoutError):
        words = "gave no answer in time"
    elif isinstance(error, botocore.SSLError):
        words = "shows a certificate that is not trusted; a proxy may stand before it"
    elif isinstance(error, botocore.ProxyConnectionError):
        words = "cannot be reached through the proxy of HTTPS_PROXY"
    elif isinstance(error, botocore.EndpointConnectionError) and _is_name(error):
        words = "is a host name that is not known here; are you online?"
    elif not isinstance(error, botocore.HTTPClientError | botocore.EndpointConnectionError):
        where, words = "AWS", f"could not be asked ({type(error).__name__})"
    return Unanswered(State.UNKNOWN, f"{where} {words}.", f"curl -sSI {where}" * (where != "AWS"))


def _is_name(error: BaseException) -> bool:
    inner: BaseException | None = error
    while inner is not None:
        if "NameResolution" in type(inner).__name__ or "NameResolution" in repr(inner):
            return True
        inner = inner.__cause__ or inner.__context__
    return "resolve" in str(error.__dict__.get("kwargs", {}).get("error", ""))


def skew_words(ahead: float) -> str:
    """Return how wrong the clock of this machine is, in words."""
    direction = "ahead of" if ahead > 0 else "behind"
    return f"the clock of this machine is {abs(ahead):.0f} seconds {direction} AWS"
