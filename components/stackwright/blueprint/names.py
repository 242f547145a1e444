"""The names that a user chooses, with limits that let every derived name fit its service."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from stackwright import naming
from stackwright.blueprint.base import Wording
from stackwright.blueprint.restrictions import Refused

WINDOWS_DEVICE = Refused(
    r"^(con|prn|aux|nul|com[0-9]|lpt[0-9])$",
    "cannot be the name of a file on Windows; choose another name.",
)
"""Names of devices, whatever the ending (Microsoft, "Naming Files, Paths, and Namespaces")."""

RESERVED_BEGIN = Refused(
    r"^(aws|amzn|kube|sthree)(-|$)",
    "begins with a word that AWS or Kubernetes keeps for itself (aws, amzn, kube, sthree);"
    " choose another name.",
)
"""A platform's name begins those of its buckets, namespaces and tags: S3 refuses `sthree-` and
`amzn-s3-demo-` (Amazon S3 user guide, bucket naming rules), Kubernetes keeps `kube-` (namespaces),
AWS keeps `aws` (tags, aliases of keys)."""

_HYPHENATED = r"^[a-z](-?[a-z0-9])*$"
_WORDS = (
    "lower-case letters, digits and single hyphens, which starts with a letter and does not end"
    " with a hyphen,"
)

PlatformName = Annotated[
    str,
    StringConstraints(pattern=_HYPHENATED, min_length=2, max_length=naming.PLATFORM_LIMIT),
    WINDOWS_DEVICE,
    RESERVED_BEGIN,
    Wording(f"a name of 2 to {naming.PLATFORM_LIMIT} {_WORDS}"),
]
"""Begins every derived name."""

EnvironmentName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9]*$", max_length=naming.ENVIRONMENT_LIMIT),
    WINDOWS_DEVICE,
    Wording(
        f"a name of at most {naming.ENVIRONMENT_LIMIT} lower-case letters and digits, which"
        " starts with a letter,"
    ),
]
"""Without hyphens, so that two environments never share a derived name."""

InstanceName = Annotated[
    str,
    StringConstraints(pattern=_HYPHENATED, max_length=naming.INSTANCE_LIMIT),
    WINDOWS_DEVICE,
    Wording(f"a name of at most {naming.INSTANCE_LIMIT} {_WORDS}"),
]
"""One tool of the blueprint."""

ImageRepositoryName = Annotated[
    str,
    StringConstraints(
        pattern=r"^[a-z][a-z0-9]*([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*$", max_length=100
    ),
    Wording(
        "a name of at most 100 lower-case letters and digits, joined by single dots, hyphens,"
        " underscores or slashes,"
    ),
]
"""A repository of a registry, without what the registry puts before it."""

ProjectName = Annotated[
    str,
    StringConstraints(pattern=_HYPHENATED, max_length=naming.PROJECT_LIMIT),
    WINDOWS_DEVICE,
    RESERVED_BEGIN,
    Wording(f"a name of at most {naming.PROJECT_LIMIT} {_WORDS}"),
]
"""An ML project: names its model, its service and its role."""

RepositoryName = Annotated[
    str,
    StringConstraints(
        pattern=r"^[A-Za-z0-9](-?[A-Za-z0-9])*/[A-Za-z0-9_.-]*[A-Za-z0-9_-]$", max_length=140
    ),
    Wording("OWNER/REPOSITORY, as in the repository's address,"),
]
"""A repository of code by its owner and name. A pattern is refused: it would mean repositories
that are made later."""
