"""What a grant of IAM means, in the words of people who use the service."""

from __future__ import annotations

import re
from collections.abc import Mapping

from stackwright.blueprint.shown import listed
from stackwright.diff.access.grants import Grant
from stackwright.diff.access.patterns import ANYTHING
from stackwright.diff.access.sides import spoken
from stackwright.report.words import clean

_ACTIONS = {
    "*": "do everything with {}",
    "dynamodb:getitem": "read items of {}",
    "dynamodb:putitem": "write items to {}",
    "ecr:*": "do everything with images in {}",
    "ecr:batchgetimage": "pull images from {}",
    "ecr:putimage": "push images to {}",
    "iam:passrole": "hand {} to a service",
    "kms:*": "do everything with {}",
    "kms:creategrant": "let others use {}",
    "kms:decrypt": "decrypt with {}",
    "kms:encrypt": "encrypt with {}",
    "s3:*": "do everything in {}",
    "s3:deleteobject": "delete objects in {}",
    "s3:getobject": "read objects in {}",
    "s3:listbucket": "list {}",
    "s3:putobject": "write objects to {}",
    "sagemaker:invokeendpoint": "call the endpoint {}",
    "secretsmanager:getsecretvalue": "read the secret {}",
    "secretsmanager:putsecretvalue": "write the secret {}",
    "sts:assumerole": "take the role {}",
}
"""Action in lower case -> what it lets somebody do with a resource."""

_IDENTITY = re.compile(
    r"arn:aws[a-z-]*:iam::(?P<account>[0-9]*):(?P<kind>root|role|user)/?(?P<name>.*)"
)

_KINDS = {"CanonicalUser": "the user ", "Federated": "who signs in by ", "Service": "the service "}

_EVERYTHING = "every resource"


def item(grant: Grant, names: Mapping[str, str], note: str) -> str:
    """Return a grant as an exact item, such as `s3:GetObject on storage-data/*`.

    Args:
        grant: What is gained or lost.
        names: Physical name -> name in the program.
        note: What to add in brackets; empty for nothing.
    """
    who = f"{principal(grant, names)}: " if grant.principal.pattern != ANYTHING else ""
    text = f"{who}{clean(str(grant.action))} on {resource(grant, names)}{tests(grant)}"
    return f"{text} ({note})" if note else text


def phrase(grant: Grant, names: Mapping[str, str], note: str) -> str:
    """Return a grant as people say it, such as `delete objects in storage-data`."""
    where = resource(grant, names)
    known = _ACTIONS.get(grant.action.pattern, "") if not grant.action.excluded else ""
    whole = where.removesuffix("/*") if grant.action.pattern.startswith("s3:") else where
    said = known.format(whole) if known else ""
    text = f"{said or f'use {clean(str(grant.action))} on {where}'}{tests(grant)}"
    return f"{text} ({note})" if note else text


def is_known(grant: Grant) -> bool:
    """Tell whether there is a plain word for what the grant lets somebody do."""
    return grant.action.pattern in _ACTIONS


def held(grant: Grant, names: Mapping[str, str], note: str) -> str:
    """Return a grant with its principal, such as `anyone read objects in storage-data`."""
    return f"{principal(grant, names)} {phrase(grant, names, note)}"


def rest(grant: Grant, left: Grant, names: Mapping[str, str]) -> str:
    """Return in what `left` is less than `grant`."""
    if left.action != grant.action:
        return clean(str(left.action))
    if left.resource != grant.resource:
        return f"on {resource(left, names)}"
    if left.principal != grant.principal:
        return principal(left, names)
    return tests(left).strip()


def resource(grant: Grant, names: Mapping[str, str]) -> str:
    """Return the resource of a grant as people call it."""
    term = grant.resource
    anything = term.shown or _EVERYTHING
    text = anything if term.pattern == ANYTHING else spoken(term.pattern, names)
    if not term.excluded:
        return text
    return f"{text} except {listed(sorted(spoken(hole, names) for hole in term.excluded), 'and')}"


def principal(grant: Grant, names: Mapping[str, str]) -> str:
    """Return the principal of a grant as people call it."""
    term = grant.principal
    text = "anyone" if term.pattern == ANYTHING else _principal(term.pattern, names)
    if not term.excluded:
        return text
    return f"{text} except {listed(sorted(_principal(one, names) for one in term.excluded), 'and')}"


def tests(grant: Grant) -> str:
    """Return the conditions of a grant, with a space before them; empty for none."""
    said = sorted(test.words() for test in grant.conditions)
    return f" where {listed(said, 'and')}" if said else ""


def named(arn: str, names: Mapping[str, str]) -> str:
    """Return an ARN of IAM as people call it, such as `role deploy of account 123456789012`."""
    found = _IDENTITY.fullmatch(arn)
    if found is None:
        return spoken(arn, names)
    account = f"account {clean(found['account'])}"
    who = names.get(found["name"], clean(found["name"]))
    return account if found["kind"] == "root" else f"{found['kind']} {who} of {account}"


def _principal(text: str, names: Mapping[str, str]) -> str:
    kind, _, name = text.partition(":")
    return named(name, names) if kind == "AWS" else f"{_KINDS.get(kind, '')}{spoken(name, names)}"
