"""What policies of resources allow: of buckets, keys, registries, secrets, queues and endpoints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from stackwright.diff.access import words
from stackwright.diff.access.findings import Wording, finding
from stackwright.diff.access.grants import EVERYTHING, EVERYTHING_ALLOWED, NONE, Rules, rules
from stackwright.diff.access.patterns import ANYTHING
from stackwright.diff.access.policies import compared
from stackwright.diff.access.sides import AccessSide, Source, spoken, target
from stackwright.diff.findings import AccessChange
from stackwright.plan.graph import JsonValue


@dataclass(frozen=True, slots=True)
class _Kind:
    """A type of resource that holds a policy of another resource, or of itself."""

    words: str
    """What is guarded, such as `bucket`."""
    guarded: str
    """Input that names it; empty where the resource guards itself."""
    open: bool = False
    """Whether everything is allowed where there is no policy, as the service documents it."""


_KINDS = {
    "aws:ec2/vpcEndpoint:VpcEndpoint": _Kind("endpoint", "", open=True),
    "aws:ecr/registryPolicy:RegistryPolicy": _Kind("image registry", ""),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": _Kind("image repository", "repository"),
    "aws:efs/fileSystemPolicy:FileSystemPolicy": _Kind("file system", "fileSystemId", open=True),
    "aws:kms/key:Key": _Kind("key", ""),
    "aws:kms/keyPolicy:KeyPolicy": _Kind("key", "keyId"),
    "aws:s3/bucket:Bucket": _Kind("bucket", ""),
    "aws:s3/bucketPolicy:BucketPolicy": _Kind("bucket", "bucket"),
    "aws:secretsmanager/secret:Secret": _Kind("secret", ""),
    "aws:secretsmanager/secretPolicy:SecretPolicy": _Kind("secret", "secretArn"),
    "aws:sns/topicPolicy:TopicPolicy": _Kind("topic", "arn"),
    "aws:sqs/queue:Queue": _Kind("queue", ""),
    "aws:sqs/queuePolicy:QueuePolicy": _Kind("queue", "queueUrl"),
}


@dataclass(slots=True)
class _Guarded:
    """One resource with all that policies say of it."""

    source: Source
    """The resource itself where it is in the plan, and its policy otherwise."""
    words: str
    kind: _Kind
    rules: Rules = NONE


def resource_policy_changes(before: AccessSide, after: AccessSide) -> Iterator[AccessChange]:
    """Yield what others may do with a resource now and might not before, and the other way."""
    had, has = _guarded(before), _guarded(after)
    names = {**before.names, **after.names}
    for key in dict.fromkeys((*has, *had)):
        either = has.get(key) or had[key]
        change = compared(
            either.source,
            either.words,
            _rules(key, before, had, either.kind),
            _rules(key, after, has, either.kind),
            names,
            words.held,
        )
        if before.urns and key in has and not either.kind.open and _is_public(has[key].rules):
            # What anyone may use does not just come with a new resource.
            change.new = False
        title = f"{either.kind.words} policy"
        yield from finding(
            change, Wording(title, "{subject} now lets {items}", "{subject} no longer lets {items}")
        )


def _rules(key: str, side: AccessSide, guarded: dict[str, _Guarded], kind: _Kind) -> Rules | None:
    """Return what is said of a resource, also of one that is there without a policy."""
    if key in guarded:
        return guarded[key].rules
    if key not in side.urns:
        return None
    return Rules(frozenset({EVERYTHING_ALLOWED})) if kind.open else NONE


def _guarded(side: AccessSide) -> dict[str, _Guarded]:
    found: dict[str, _Guarded] = {}
    sources = {source.urn: source for type_ in _KINDS for source in side.of(type_)}
    for type_, kind in _KINDS.items():
        for holder in side.of(type_):
            policy = holder.inputs.get("policy")
            if policy is None:
                continue
            value = holder.inputs.get(kind.guarded) if kind.guarded else None
            key = _key(side, value, holder) if kind.guarded else holder.urn
            source = sources.get(key, holder)
            name = source.name if source is not holder or not kind.guarded else _name(value, holder)
            one = found.setdefault(key, _Guarded(source, f"{kind.words} {spoken(name, {})}", kind))
            one.rules |= rules(policy) if kind.open else _of_itself(rules(policy))
    return found


def _key(side: AccessSide, value: JsonValue, holder: Source) -> str:
    """Return the URN of what a policy guards, or its name where it is not in the plan."""
    if urn := target(value):
        return urn
    if isinstance(value, str):
        named = side.named("aws:s3/bucket:Bucket", value, "bucket")
        return named.urn if named is not None else value
    return holder.urn


def _name(value: JsonValue, holder: Source) -> str:
    return value if isinstance(value, str) else holder.name


def _is_public(said: Rules) -> bool:
    return any(
        grant.allows and grant.principal.pattern == ANYTHING and not grant.conditions
        for grant in said.grants
    )


def _of_itself(said: Rules) -> Rules:
    """Return rules whose `*` is spoken of as the resource: a policy speaks of nothing else."""
    it = replace(EVERYTHING, shown="it")
    grants = (
        replace(grant, resource=it) if grant.resource == EVERYTHING else grant
        for grant in said.grants
    )
    return Rules(frozenset(grants), said.unreadable)
