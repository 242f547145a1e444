"""What the blueprint allows to be lost: one resource, with a reason and a last day."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from stackwright.blueprint.base import BlueprintModel, Text, Wording
from stackwright.blueprint.restrictions import Refused
from stackwright.blueprint.shown import shown

EXAMPLE = {
    "resource": "aws:s3/bucket:Bucket::storage-data",
    "reason": "all objects were copied",
    "expires": "2027-01-31",
}

ResourceKey = Annotated[
    str,
    StringConstraints(
        pattern=r"^[A-Za-z][A-Za-z0-9_.-]*(:[A-Za-z0-9_./-]+){1,2}::[!-~]([ -~]*[!-~])?$",
        max_length=500,
    ),
    Refused("^urn:", "is a whole URN; write its type and its name, as TYPE::NAME."),
    Wording("TYPE::NAME of a resource, as a preview shows them,"),
]
"""A resource by the type and the name that its URN ends with (Pulumi, "Resource names")."""


def _require_date(text: str) -> str:
    """Return `text` if there is such a day.

    Raises:
        ValueError: Naming it.
    """
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{shown(text)} is no day of the calendar.") from None
    return text


Day = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"),
    AfterValidator(_require_date),
    Wording("a day as YYYY-MM-DD, in quotes,"),
]
"""A day of the calendar; without quotes, other versions of YAML take it for something else."""


class AllowedReplacement(BlueprintModel):
    """A resource that may be replaced or deleted with the data it holds."""

    resource: ResourceKey = Field(examples=[EXAMPLE["resource"]])
    """The resource as TYPE::NAME, as every preview and plan shows it."""
    reason: Text = Field(examples=[EXAMPLE["reason"]])
    """Why its data may go, for those who review the change."""
    expires: Day = Field(examples=[EXAMPLE["expires"]])
    """Last day on which it is allowed (UTC), as YYYY-MM-DD in quotes."""


Allowed = Annotated[
    AllowedReplacement,
    Wording('a mapping such as {resource: TYPE::NAME, reason: WHY, expires: "YYYY-MM-DD"}'),
]
"""One entry of `allow_replacement`."""
