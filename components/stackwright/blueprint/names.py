"""The names that a user chooses, with limits that let every derived name fit its service."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from stackwright import naming

PlatformName = Annotated[
    str,
    StringConstraints(
        pattern=r"^[a-z](-?[a-z0-9])*$", min_length=2, max_length=naming.PLATFORM_LIMIT
    ),
]
EnvironmentName = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9]*$", max_length=naming.ENVIRONMENT_LIMIT)
]
InstanceName = Annotated[
    str, StringConstraints(pattern=r"^[a-z](-?[a-z0-9])*$", max_length=naming.INSTANCE_LIMIT)
]
