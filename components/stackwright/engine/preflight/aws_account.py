"""Verifies who deploys, and what an account holds once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from stackwright.checks import (
    AwsAccount,
    EksAdministrator,
    IdentityProvider,
    OneInAccount,
    ServiceRole,
)
from stackwright.engine.preflight.aws import Account
from stackwright.engine.preflight.result import Result, Unanswered, fails, holds
from stackwright.engine.preflight.worlds import Worlds

_ROLE = re.compile(
    r"^arn:[a-z-]+:(?P<service>iam|sts)::(?P<account>[0-9]{12}):(?P<kind>role|assumed-role)/"
    r"(?P<rest>.+)$"
)


def role_of(arn: str) -> tuple[str, str]:
    """Return account and name of the role that an ARN is of; empty strings when it is of none.

    A session's ARN leaves the role's path out, so names are compared without: an account holds
    each name once, whatever the path (IAM user guide, "IAM identifiers").

    Args:
        arn: ARN of a role, or of a session of one.
    """
    found = _ROLE.match(arn)
    if found is None:
        return "", ""
    parts = found["rest"].split("/")
    if found["kind"] == "assumed-role":
        return found["account"], parts[0]
    return found["account"], parts[-1]


def account(check: AwsAccount, worlds: Worlds) -> Result:
    """Verify that the credentials are valid and of the account."""
    opened = worlds.open_account()
    return holds(check, f"you act as {opened.identity}.")


def administrator(check: EksAdministrator, worlds: Worlds) -> Result:
    """Verify that the caller's role is among the administrators."""
    opened = worlds.account()
    arn = opened.identity.arn
    caller = role_of(arn)
    if not caller[1]:
        return fails(
            check,
            f"you act as {arn}, which is no role; administrators of a cluster are roles.",
            f"export AWS_PROFILE=<a profile that assumes {check.administrators[0]}>",
        )
    if caller in {role_of(one) for one in check.administrators}:
        return holds(check, f"the role {caller[1]} is an administrator.")
    key = check.verifies[0] if check.verifies else "administrators"
    return fails(
        check,
        f"the role {caller[1]} is not among {', '.join(check.administrators)}.",
        f"{key}: add {_full_arn(opened, caller[1])}",
    )


def service_role(check: ServiceRole, worlds: Worlds) -> Result:
    """Verify that a service's role is there, or that it is made here."""
    answer = worlds.account().find("iam", "get_role", RoleName=check.role)
    return _one_side(check, answer["Role"].get("Tags", []) if answer else None)


def identity_provider(check: IdentityProvider, worlds: Worlds) -> Result:
    """Verify that the account's trust in an issuer is there, or that it is made here."""
    opened = worlds.account()
    known = opened.ask("iam", "list_open_id_connect_providers", "OpenIDConnectProviderList")
    arns = [item["Arn"] for item in known if item["Arn"].endswith(f"/{check.issuer}")]
    if not arns:
        return _one_side(check, None)
    answer = opened.find("iam", "get_open_id_connect_provider", OpenIDConnectProviderArn=arns[0])
    return _one_side(check, answer.get("Tags", []) if answer else None)


def _one_side(check: OneInAccount, tags: Iterable[Mapping[str, str]] | None) -> Result:
    if tags is None:
        if check.made_here:
            return holds(check, "it is not there yet, and is made here.")
        return fails(check, f"{check.name} is not in the account, and nothing here makes it.")
    ours = set(check.owner) <= {(tag["Key"], tag["Value"]) for tag in tags}
    if not check.made_here:
        if not ours:
            return holds(check, "it is there.")
        return fails(
            check, f"{check.name} was made by this environment, which would now delete it."
        )
    if ours:
        return holds(check, "it is there, made by this environment.")
    return fails(check, f"{check.name} is in the account already, made by somebody else.")


def _full_arn(opened: Account, name: str) -> str:
    """Return the ARN of a role with its path, where IAM tells it."""
    caller = opened.identity
    partition = caller.arn.split(":")[1]
    try:
        answer: Any = opened.find("iam", "get_role", RoleName=name)
    except Unanswered:
        answer = None
    return (
        str(answer["Role"]["Arn"])
        if answer
        else f"arn:{partition}:iam::{caller.account}:role/{name}"
    )
