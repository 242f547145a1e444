"""Identities are who may do what in SeaweedFS: one for each consumer, and the administrator's.

Access keys are generated in the cluster; the file with all of them is put together there too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stackwright.claims import Access

CONFIG_KEY = "seaweedfs_s3_config"
"""Key of the Secret that the chart mounts (chart seaweedfs 4.44.0, `s3.existingConfigSecret`)."""

ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who has an access key; the name is the key's public half."""

    name: str
    actions: tuple[str, ...]
    """What is allowed, in SeaweedFS' words: `action:bucket` or `action:bucket/path/*`."""

    @property
    def variable(self) -> str:
        """Name of the secret half in the template of the identities' file."""
        return self.name.replace("-", "_")


def administrator() -> Identity:
    """Return the identity for people; without any identity SeaweedFS would ask nobody for a key."""
    return Identity(ADMINISTRATOR, ("Admin", "Read", "Write", "List", "Tagging"))


def writer(consumer: str, bucket: str) -> Identity:
    """Return the identity of a consumer that writes under its own name, and sees nothing else."""
    own = f"{bucket}/{consumer}/*"
    return Identity(consumer, tuple(f"{act}:{own}" for act in ("Read", "Write", "List", "Tagging")))


def reader(consumer: str, bucket: str) -> Identity:
    """Return the identity of a consumer that reads a whole bucket."""
    return Identity(consumer, tuple(f"{act}:{bucket}" for act in ("Read", "List")))


def editor(consumer: str, bucket: str) -> Identity:
    """Return the identity of a consumer that reads and writes a whole bucket, beside others."""
    return Identity(
        consumer, tuple(f"{act}:{bucket}" for act in ("Read", "Write", "List", "Tagging"))
    )


BY_ACCESS: Mapping[Access, Callable[[str, str], Identity]] = {
    Access.READ: reader,
    Access.READ_WRITE: writer,
    Access.READ_WRITE_ALL: editor,
}
"""What makes a consumer's identity of its name and its bucket."""


def template(identities: Mapping[str, Identity]) -> str:
    """Return the identities' file, as a template of External Secrets that the keys are put into."""
    listed: list[dict[str, Any]] = [
        {
            "name": identity.name,
            "credentials": [
                {"accessKey": identity.name, "secretKey": f"{{{{ .{identity.variable} }}}}"}
            ],
            "actions": list(identity.actions),
        }
        for identity in identities.values()
    ]
    return json.dumps({"identities": listed}, sort_keys=True)


def secret_name(identities: Mapping[str, Identity]) -> str:
    """Return the name of the Secret that holds the file.

    It follows from the identities: SeaweedFS reads the file when it starts, and a pod that names
    another Secret starts anew and waits for it.
    """
    return f"identities-{hashlib.sha256(template(identities).encode()).hexdigest()[:8]}"
