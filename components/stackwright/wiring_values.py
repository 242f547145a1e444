"""What a value of the wiring may be: a type for each kind of value, each an allow-list.

Wiring reaches projects from outside, so a project hands its data and credentials only to what has
passed here. The same types hold what a blueprint says about stores and registries.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address, IPv6Network
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from stackwright.blueprint.base import Wording
from stackwright.blueprint.restrictions import Refused
from stackwright.blueprint.shown import shown

METADATA_ADDRESSES = frozenset(
    (
        IPv4Address("100.100.100.200"),
        IPv4Address("168.63.129.16"),
        IPv4Address("192.0.0.192"),
        IPv6Address("fd00:ec2::254"),
        IPv6Address("fd20:ce::254"),
    )
)
"""Where clouds serve metadata outside the link-local networks: Alibaba, Azure, Oracle, Amazon's
and Google's IPv6. Amazon's, Azure's and Google's IPv4 address is link-local."""

METADATA_NAMES = frozenset(
    (
        "instance-data",
        "instance-data.ec2.internal",
        "metadata",
        "metadata.goog",
        "metadata.google.internal",
    )
)
"""Names that clouds give those addresses, which no other host may use."""

_CARRY_IPV4 = tuple(
    IPv6Network(network)
    for network in ("::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16")
)
"""Networks whose addresses are IPv4 addresses in another spelling (RFC 6890, RFC 8215)."""

_COMPATIBLE = IPv6Network("::/96")

_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_NAME_OR_IPV4 = rf"{_LABEL}(\.{_LABEL})*"
_HOST = rf"({_NAME_OR_IPV4}|\[[0-9A-Fa-f:.]+\])"
_PORT = r"(:[0-9]{1,5})?"
_LOWER = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_IMAGE_PATH = r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*"

_NUMBER = re.compile(r"0[xX][0-9A-Fa-f]*|[0-9]+")


def refuse_metadata(text: str) -> str:
    """Return a URL, or a host and path, if its host may be asked.

    Private and loopback addresses may: a platform is mostly private, and a test is on loopback.

    Raises:
        ValueError: The host serves a machine's credentials, or is an address in a spelling that
            programs read in different ways.
    """
    authority = text.rpartition("://")[2].partition("/")[0]
    if authority.startswith("["):
        host, _, port = authority[1:].partition("]")
        problem = _ipv6_problem(host)
    else:
        host, _, port = authority.partition(":")
        problem = _host_problem(host.lower())
    number = port.lstrip(":")
    if number and not 1 <= int(number) <= 65535:
        problem = "has a port that does not exist; 1 to 65535 is expected."
    if problem:
        raise ValueError(f"{shown(text)} {problem}")
    return text


_GIVES_CREDENTIALS = (
    "is an address that gives out the credentials of a machine, or no one machine's; name the"
    " service itself."
)


def _host_problem(host: str) -> str:
    if host in METADATA_NAMES:
        return _GIVES_CREDENTIALS
    if not _NUMBER.fullmatch(host.rpartition(".")[2]):
        return ""
    try:
        address = IPv4Address(host)
    except AddressValueError:
        return "holds an IP address in an odd spelling; four decimal numbers are expected."
    refused = _serves_nobody(address) or address.is_reserved
    return _GIVES_CREDENTIALS if refused else ""


def _ipv6_problem(host: str) -> str:
    try:
        address = IPv6Address(host)
    except AddressValueError:
        return "holds no IPv6 address in its brackets."
    compatible = address in _COMPATIBLE and address != IPv6Address("::1")
    if compatible or any(address in network for network in _CARRY_IPV4):
        return "holds an IPv4 address in the form of IPv6; write it as four decimal numbers."
    return _GIVES_CREDENTIALS if _serves_nobody(address) else ""


def _serves_nobody(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is link-local, of many machines, of none, or of metadata."""
    special = address.is_link_local or address.is_multicast or address.is_unspecified
    return special or address in METADATA_ADDRESSES


NO_METADATA = AfterValidator(refuse_metadata)

NO_BUCKET = Refused(
    r"^(s3://)?([0-9.]+|(xn--|sthree-|amzn-s3-demo-)[^/]*"
    r"|[^/]*(\.\.[^/]*|-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3))(/|$)",
    "names no bucket that S3 allows; name the bucket itself.",
)
"""Addresses, and names that S3 keeps for itself (Amazon S3 user guide, bucket naming rules)."""

StoreUrl = Annotated[
    str,
    StringConstraints(
        pattern=r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9_][A-Za-z0-9_.=-]*)*$",
        max_length=500,
    ),
    NO_BUCKET,
    Wording("an s3:// URL of a bucket and a prefix, without a slash at the end,"),
]
"""A place in an object store (Amazon S3 user guide, bucket naming rules)."""

ServiceUrl = Annotated[
    str,
    StringConstraints(
        pattern=rf"^https?://{_HOST}{_PORT}(/[A-Za-z0-9_][A-Za-z0-9_.~-]*)*$", max_length=500
    ),
    NO_METADATA,
    Wording("an http:// or https:// URL of a host and a path, without user, password or query,"),
]
"""Where a service answers over HTTP."""

Endpoint = Annotated[
    str,
    StringConstraints(pattern=rf"^https?://{_HOST}{_PORT}$", max_length=300),
    NO_METADATA,
    Wording("a URL of a host such as https://s3.example.com, without path, user or password,"),
]
"""Where the S3 API answers; a path would be part of what is signed (AWS Signature Version 4)."""

SigningRegion = Annotated[
    str,
    StringConstraints(pattern=rf"^{_LOWER}$", max_length=63),
    Wording("a name of at most 63 lower-case letters, digits and hyphens,"),
]
"""A region as request signatures name it; a store outside AWS has its own."""


def _refuse_login(text: object) -> object:
    """Refuse a user and password without showing them; no URL scheme tells what they are."""
    if isinstance(text, str) and re.match(r"[^/]*:[^/]*@", text):
        raise ValueError("the host follows a user and password; write the host and path alone.")
    return text


RegistryUrl = Annotated[
    str,
    BeforeValidator(_refuse_login),
    StringConstraints(
        pattern=rf"^({_LOWER}(\.{_LOWER})+{_PORT}|{_LOWER}:[0-9]{{1,5}})(/{_IMAGE_PATH})*$",
        max_length=200,
    ),
    NO_METADATA,
    Wording(
        "a host and path in lower case, without https:// and without a tag, such as ghcr.io/acme,"
    ),
]
"""Where images are (OCI distribution specification, "Pulling manifests", for the path)."""

RolePrefix = Annotated[
    str,
    StringConstraints(
        pattern=r"^arn:aws(-cn|-us-gov)?:iam::[0-9]{12}:role/[A-Za-z0-9][A-Za-z0-9+=,.@_-]{0,62}-$",
    ),
    Wording("the begin of the ARN of an IAM role, which ends with a hyphen,"),
]
"""What the names of roles begin with (IAM user guide, "IAM identifiers")."""

_KUBERNETES_NAME = Wording(
    "a name of at most 63 lower-case letters, digits and hyphens, which starts and ends with a"
    " letter or digit and is not one that Kubernetes keeps for itself,"
)

NamespaceName = Annotated[
    str,
    StringConstraints(pattern=rf"^{_LOWER}$", max_length=63),
    Refused(r"^(kube-.*|default)$", "is kept by Kubernetes for itself; name a namespace of yours."),
    _KUBERNETES_NAME,
]
"""A namespace: a DNS label (RFC 1123, section 2.1)."""

ServiceAccountName = Annotated[
    str,
    StringConstraints(pattern=rf"^{_LOWER}$", max_length=63),
    Refused(r"^default$", "is what every pod has that names none; name one of your own."),
    _KUBERNETES_NAME,
]
"""A service account, by a name that is a DNS label too."""

LabelText = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$", max_length=63),
    Wording("a label of at most 63 letters, digits, hyphens, dots and underscores,"),
]
"""Value of a Kubernetes label (Kubernetes documentation, "Labels and Selectors")."""

ServingMode = Literal["InferenceService", "Deployment"]
"""Kind of the object that serves a model."""
