"""What becomes reachable from outside: buckets, databases, load balancers and addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from stackwright.diff.access.addresses import place
from stackwright.diff.access.findings import Change, Wording, difference, finding
from stackwright.diff.access.sides import AccessSide, Source, spoken, target
from stackwright.diff.findings import AccessChange
from stackwright.diff.shapes import Inputs, at, is_unclear, mapping, mappings, texts
from stackwright.plan.graph import JsonValue
from stackwright.report.words import clean, type_words

_WORDING = Wording("exposure", "{subject} {items}", "{subject} no longer {items}")
_PUBLIC_ACCESS = Wording(
    "public access",
    "{subject} no longer blocks {items}",
    "{subject} now blocks {items}",
)

_BUCKET = "aws:s3/bucket:Bucket"
_BLOCKS = (
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
)

_FLAGS = {
    "blockPublicAcls": "new public ACLs",
    "blockPublicPolicy": "new public policies",
    "ignorePublicAcls": "public ACLs that are there",
    "restrictPublicBuckets": "access by public policies that are there",
}

_INTERNET = "0.0.0.0/0"

_INTERNAL = {
    "networking.gke.io/load-balancer-type": "Internal",
    "service.beta.kubernetes.io/aws-load-balancer-internal": "true",
    "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
    "service.beta.kubernetes.io/azure-load-balancer-internal": "true",
    "alb.ingress.kubernetes.io/scheme": "internal",
}
"""Annotation -> value that keeps a load balancer inside the network."""


def exposure_changes(before: AccessSide, after: AccessSide) -> Iterator[AccessChange]:
    """Yield what is reachable from outside on one side only.

    It is a finding of its own also where it comes with a new tool.
    """
    for type_, reached in _REACHED.items():
        had, has = ({one.urn: one for one in side.of(type_)} for side in (before, after))
        for urn in dict.fromkeys((*has, *had)):
            source = has.get(urn) or had[urn]
            was = _items(reached, had.get(urn))
            now = _items(reached, has.get(urn))
            change = Change(
                source,
                f"{type_words(type_)} {spoken(source.name, {})}",
                difference(was, now),
                difference(now, was),
                new=not before.urns,
            )
            yield from finding(change, _WORDING)
    yield from _public_access(before, after)


Reached = Callable[[Inputs], Iterator[str]]


def _items(reached: Reached, source: Source | None) -> dict[str, str]:
    return {clean(text): clean(text) for text in reached(source.inputs)} if source else {}


def _service(inputs: Inputs) -> Iterator[str]:
    kind = at(inputs, "spec.type")
    ports = ", ".join(str(port.get("port")) for port in mappings(at(inputs, "spec.ports")))
    if kind == "NodePort":
        yield f"answers on every node, port {ports}"
    if kind == "LoadBalancer":
        if _is_internal(inputs):
            yield f"answers port {ports} from the network, by a load balancer"
        else:
            for peer in texts(at(inputs, "spec.loadBalancerSourceRanges")) or [_INTERNET]:
                yield f"answers port {ports} from {place(peer)}, by a load balancer"


def _ingress(inputs: Inputs) -> Iterator[str]:
    whence = "the network" if _is_internal(inputs) else "outside the cluster"
    for rule in mappings(at(inputs, "spec.rules")):
        yield f"answers at {rule.get('host', 'any host')} from {whence}"
    if at(inputs, "spec.defaultBackend") is not None:
        yield f"answers at any host from {whence}"


def _gateway(inputs: Inputs) -> Iterator[str]:
    for listener in mappings(at(inputs, "spec.listeners")):
        host, port = listener.get("hostname", "any host"), listener.get("port")
        yield f"listens at {host}, port {port}, from outside the cluster"


def _is_internal(inputs: Inputs) -> bool:
    annotations = mapping(at(inputs, "metadata.annotations"))
    return any(annotations.get(key) == value for key, value in _INTERNAL.items())


def _database(inputs: Inputs) -> Iterator[str]:
    if inputs.get("publiclyAccessible") is True:
        yield "has a public address"


def _load_balancer(inputs: Inputs) -> Iterator[str]:
    if inputs.get("internal") is not True:
        yield "answers from the internet, as far as its security groups let it"


def _subnet(inputs: Inputs) -> Iterator[str]:
    if inputs.get("mapPublicIpOnLaunch") is True:
        yield "gives its machines public addresses"


def _bucket_acl(inputs: Inputs) -> Iterator[str]:
    acl = str(inputs.get("acl", ""))
    if acl.startswith("public-") or acl == "authenticated-read":
        yield f"is open to others by the ACL {acl}"


def _function_url(inputs: Inputs) -> Iterator[str]:
    if inputs.get("authorizationType") == "NONE":
        yield "answers anyone on the internet"


def _release(inputs: Inputs) -> Iterator[str]:
    """Yield the values of a chart that usually expose something; a plan does not hold more."""
    for path, value in _leaves(inputs.get("values"), ""):
        if path.endswith("type") and value in ("LoadBalancer", "NodePort"):
            yield f"asks its chart for {path}: {value}"
        if path.endswith("ngress.enabled") and value is True:
            yield f"asks its chart for {path}: true"


def _leaves(value: JsonValue, path: str) -> Iterator[tuple[str, JsonValue]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else str(key))
    else:
        yield path, value


_REACHED: Mapping[str, Reached] = {
    "aws:ec2/subnet:Subnet": _subnet,
    "aws:lambda/functionUrl:FunctionUrl": _function_url,
    "aws:lb/loadBalancer:LoadBalancer": _load_balancer,
    "aws:rds/clusterInstance:ClusterInstance": _database,
    "aws:rds/instance:Instance": _database,
    "aws:s3/bucketAcl:BucketAcl": _bucket_acl,
    "kubernetes:core/v1:Service": _service,
    "kubernetes:gateway.networking.k8s.io/v1:Gateway": _gateway,
    "kubernetes:helm.sh/v3:Release": _release,
    "kubernetes:helm.sh/v4:Chart": _release,
    "kubernetes:networking.k8s.io/v1:Ingress": _ingress,
}
"""Type -> ways in which what it makes is reached from outside."""


def _public_access(before: AccessSide, after: AccessSide) -> Iterator[AccessChange]:
    """Yield what the blocks of public access of a bucket, or of an account, stop no longer."""
    had, has = _blocks(before), _blocks(after)
    for key in dict.fromkeys((*has, *had)):
        either = has.get(key) or had[key]
        account = key not in before.urns and key not in after.urns
        if not account and (key not in before.urns or key not in after.urns):
            continue
        was, now = (found.get(key, _Block(either.source)) for found in (had, has))
        change = Change(
            either.source,
            "the account" if account else f"bucket {spoken(either.source.name, {})}",
            difference(now.stops, was.stops),
            difference(was.stops, now.stops),
            unclear=now.unclear != was.unclear,
        )
        yield from finding(change, _PUBLIC_ACCESS)


@dataclass(frozen=True, slots=True)
class _Block:
    """What is blocked for a bucket or an account."""

    source: Source
    stops: Mapping[str, str] = field(default_factory=dict)
    unclear: str = ""
    """What is known only after deployment."""


def _blocks(side: AccessSide) -> dict[str, _Block]:
    """Return what is blocked, by the URN of the bucket or the name that is blocked."""
    found = {}
    for source in side.of(*_BLOCKS):
        value = source.inputs.get("bucket")
        bucket = side.source(target(value)) or side.named(_BUCKET, value, "bucket")
        flags = {flag: source.inputs.get(flag) for flag in _FLAGS}
        found[bucket.urn if bucket is not None else str(value)] = _Block(
            bucket or source,
            {words: words for flag, words in _FLAGS.items() if flags[flag] is True},
            "".join(str(item) for item in flags.items() if is_unclear(item[1])),
        )
    return found
