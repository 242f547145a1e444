"""Labels, annotations and tags: what may be written so that every service accepts it."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from stackwright.blueprint.base import Wording
from stackwright.blueprint.restrictions import Refused

_PREFIX = r"([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?"
_NAME = r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"

QualifiedName = Annotated[
    str,
    StringConstraints(pattern=rf"^{_PREFIX}{_NAME}$", max_length=128),
    Wording(
        "a name of at most 63 letters, digits, hyphens, dots and underscores, which starts and"
        " ends with a letter or digit, after a domain and a slash where there is one,"
    ),
]
"""Key of a Kubernetes label or annotation (Kubernetes, "Labels and Selectors", syntax), not
longer than the key of an AWS tag."""

LabelKey = Annotated[
    QualifiedName,
    Refused(
        r"^(([a-z0-9-]+\.)*(kubernetes|k8s)\.io|stackwright\.dev)/",
        "is set by Kubernetes or Stackwright alone; write a key of your own.",
    ),
]
"""Key of a label that a user may set; those of `kubernetes.io` and `k8s.io` are reserved."""

LabelValue = Annotated[
    str,
    StringConstraints(pattern=rf"^({_NAME})?$"),
    Wording(
        "text of at most 63 letters, digits, hyphens, dots and underscores, which starts and"
        " ends with a letter or digit,"
    ),
]
"""Value of a Kubernetes label (same source); AWS accepts each as the value of a tag."""

AnnotationKey = Annotated[
    QualifiedName,
    Refused(r"^stackwright\.dev/", "is set by Stackwright alone; write a key of your own."),
]
"""Key of an annotation that a user may set."""

AnnotationValue = Annotated[str, StringConstraints(max_length=4096)]
"""Value of an annotation; an object's annotations may hold 256 KiB in all."""

_TAG = r"[A-Za-z0-9 +=._:/@-]"
_TAG_WORDS = "letters, digits, spaces and + - = . _ : / @"

TagKey = Annotated[
    str,
    StringConstraints(pattern=rf"^{_TAG}+$", max_length=128),
    Refused(
        r"^([Aa][Ww][Ss]|stackwright):",
        "is set by AWS or Stackwright alone; write a key of your own.",
    ),
    Wording(f"a name of at most 128 {_TAG_WORDS}"),
]
"""Key of an AWS tag (AWS General Reference, "Tag naming limits and requirements")."""

TagValue = Annotated[
    str,
    StringConstraints(pattern=rf"^{_TAG}*$", max_length=256),
    Wording(f"text of at most 256 {_TAG_WORDS}"),
]
"""Value of an AWS tag (same source)."""
