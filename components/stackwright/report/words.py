"""The words of a report: what a type, a contract or a value known after deployment is called."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from stackwright.plan.graph import SYMBOL, Edge, JsonValue

_SERVICES = {
    "cloudwatch": "CloudWatch",
    "ecr": "ECR",
    "efs": "EFS",
    "eks": "EKS",
    "iam": "IAM",
    "kms": "KMS",
    "rds": "RDS",
    "s3": "S3",
    "secretsmanager": "Secrets Manager",
}

_ACRONYMS = {
    "acl": "ACL",
    "api": "API",
    "crd": "CRD",
    "db": "DB",
    "ecr": "ECR",
    "efs": "EFS",
    "eip": "elastic IP",
    "eks": "EKS",
    "iam": "IAM",
    "ip": "IP",
    "kms": "KMS",
    "nat": "NAT",
    "oidc": "OIDC",
    "rds": "RDS",
    "ssl": "SSL",
    "vpc": "VPC",
}

_TYPES = {
    "aws:ec2/eip:Eip": "elastic IP address",
    "aws:eks/addon:Addon": "EKS add-on",
    "aws:rds/instance:Instance": "RDS database",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        "S3 bucket encryption"
    ),
    "kubernetes:helm.sh/v3:Release": "Helm release",
    "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition": "CRD",
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": "autoscaler",
    "kubernetes:policy/v1:PodDisruptionBudget": "disruption budget",
    "kubernetes:core/v1:PersistentVolumeClaim": "volume claim",
}

_SENTENCES = {
    "CertificateIssuer": "{source} gets certificates from {target}",
    "ExperimentTracker": "{source} records runs and models in {target}",
    "ImageRegistry": "{source} keeps images in {target}",
    "KubernetesCluster": "{source} runs on {target}",
    "Monitoring": "{source} is watched by {target}",
    "Network": "{source} is placed in {target}",
    "ObjectStore": "{source} keeps {claim} in {target}",
    "RelationalDatabase": "{source} keeps {claim} in {target}",
    "SecretStore": "{source} reads {claim} from {target}",
    "WorkloadIdentity": "{source} gets its cloud role from {target}",
}
"""Contract -> what it means that `source` has a claim on `target`."""

_CAMEL = re.compile(r"[A-Z]+[0-9]*(?![a-z])|[A-Z]?[a-z0-9]+")
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff]"
)


def clean(text: str) -> str:
    """Return `text` on one line, with control, bidirectional and invisible characters spelled."""
    return _UNSAFE.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def type_words(token: str) -> str:
    """Return what one resource of the Pulumi type `token` is called, such as `S3 bucket`."""
    if token in _TYPES:
        return _TYPES[token]
    package, _, rest = token.partition(":")
    module, _, name = rest.rpartition(":")
    words = " ".join(_word(word) for word in _CAMEL.findall(name)) or token
    service = _SERVICES.get(module.partition("/")[0], "") if package == "aws" else ""
    return words if not service or words.startswith(f"{service} ") else f"{service} {words}"


def plural(words: str, count: int) -> str:
    """Return `count` with `words`, in the plural unless it is one."""
    return f"{count} {words}" if count == 1 else f"{count} {_plural(words)}"


def counts_words(counts: Mapping[str, int]) -> list[str]:
    """Return `3 S3 buckets` for each type, the most frequent first."""
    merged: dict[str, int] = {}
    for token, count in counts.items():
        words = clean(type_words(token))
        merged[words] = merged.get(words, 0) + count
    ordered = sorted(merged.items(), key=lambda item: (-item[1], item[0]))
    return [plural(words, count) for words, count in ordered]


def edge_sentence(edge: Edge) -> str:
    """Return one edge as a sentence, such as `tracking keeps artifacts in storage`."""
    pattern = _SENTENCES.get(edge.contract, "{source} uses {target} for {claim}")
    return pattern.format(source=edge.source, claim=edge.claim, target=edge.target)


def heading(name: str) -> str:
    """Return an identifier as a title, such as `Feature store` for `feature-store`."""
    text = name.replace("-", " ").replace("_", " ")
    return text[:1].upper() + text[1:]


def reference(origin: str) -> str:
    """Return `output arn of storage-data` for the origin `URN#arn`."""
    urn, _, path = origin.partition("#")
    name = urn.rpartition("::")[2]
    return f"output {path} of {name}" if path else f"output of {name}"


def made_from(origins: JsonValue) -> str:
    """Return the outputs that a mark names, in words; what is no origin is left out."""
    known = origins if isinstance(origins, list | tuple) else ()
    return ", ".join(reference(origin) for origin in known if isinstance(origin, str))


def readable(value: JsonValue) -> str:
    """Return a value of a plan on one line, with symbols as references and secrets as a mark."""
    if isinstance(value, str):
        return _readable_text(value)
    if isinstance(value, Mapping) and is_mark(value):
        return _readable_mark(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {readable(item)}" for key, item in sorted(value.items()))
    if isinstance(value, list | tuple):
        return "[" + ", ".join(readable(item) for item in value) + "]"
    return json.dumps(value)


def flatten(values: Mapping[str, JsonValue], prefix: str = "") -> Iterator[tuple[str, JsonValue]]:
    """Yield dotted key path and value of every leaf; a secret or an unknown is a leaf."""
    for key, value in sorted(values.items()):
        path = f"{prefix}{key}"
        if isinstance(value, Mapping) and value and not is_mark(value):
            yield from flatten(value, f"{path}.")
        else:
            yield path, value


def is_mark(value: Mapping[str, JsonValue]) -> bool:
    """Tell whether `value` stands for a secret or for a value known after deployment."""
    return "$secret" in value or "$unknown" in value


def _readable_text(text: str) -> str:
    whole = SYMBOL.fullmatch(text)
    if whole:
        return reference(f"{whole['urn']}#{whole['property']}")
    return SYMBOL.sub(lambda m: f"[{reference(m['urn'] + '#' + m['property'])}]", text)


def _readable_mark(value: Mapping[str, JsonValue]) -> str:
    if "$secret" in value:
        return "secret"
    sources = made_from(value["$unknown"])
    return f"known after deployment ({sources})" if sources else "known after deployment"


def _word(word: str) -> str:
    return _ACRONYMS.get(word.lower(), word if word.isupper() and len(word) > 1 else word.lower())


def _plural(words: str) -> str:
    if words.endswith(("ss", "x", "ch", "sh")):
        return f"{words}es"
    if words.endswith("y") and words[-2:-1] not in "aeiou":
        return f"{words[:-1]}ies"
    return words if words.endswith("s") else f"{words}s"
