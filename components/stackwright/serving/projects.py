"""What serving tools have for the ML projects in their namespace: accounts, and a key for data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from stackwright.blueprint.restrictions import Refused
from stackwright.claims import Access, ObjectStoreClaim, WorkloadIdentityClaim
from stackwright.wiring_values import ServiceAccountName

SERVICE_ACCOUNT = "model"
"""Service account that model pods run as."""

DATA_SECRET = "data-access-key"  # noqa: S105 - the name of a Secret, not a secret
"""Secret with the access key for projects' data, where the object store has one. It is longer than
the name of an instance may be, which a Deployment's own Secret has."""

MOST_ACCOUNTS = 20
"""A role's trust policy names every account in 2048 characters (IAM quotas)."""

ProjectAccounts = Annotated[
    list[
        Annotated[
            ServiceAccountName,
            Refused(rf"^{SERVICE_ACCOUNT}$", "is made here already; leave it out."),
        ]
    ],
    Field(max_length=MOST_ACCOUNTS),
]
"""Service accounts that projects bring along."""


def projects_data() -> ObjectStoreClaim:
    """Return the claim for what projects keep: data sets, predictions, labels and reports.

    Each project has a prefix of its own choice, so the claim is for the whole bucket.
    """
    return ObjectStoreClaim(purpose="data", access=Access.READ_WRITE_ALL)


def models_identity(accounts: Sequence[str]) -> WorkloadIdentityClaim:
    """Return the claim for the models' cloud role, which the projects' accounts take too."""
    return WorkloadIdentityClaim(
        service_account=SERVICE_ACCOUNT, further_service_accounts=tuple(accounts)
    )


def named_twice(accounts: Sequence[str]) -> str | None:
    """Return what is wrong with accounts of which one stands twice."""
    if len(set(accounts)) == len(accounts):
        return None
    return "a service account is named twice; name each once."
