"""What an ML project relies on, as the platform's repository keeps it in `projects/<name>.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from stackwright.blueprint.base import BlueprintModel, DnsLabel
from stackwright.blueprint.document import Document
from stackwright.blueprint.flow import flow
from stackwright.blueprint.names import EnvironmentName, ProjectName, RepositoryName
from stackwright.blueprint.shown import listed, nearest, shown
from stackwright.blueprint.validation import validate
from stackwright.wiring import CONTRACTS

SCHEMA: Final = "stackwright.project/v1"


def _promised(needs: dict[str, list[str]]) -> dict[str, list[str]]:
    for contract, keys in needs.items():
        if contract not in CONTRACTS:
            hint = nearest(contract, CONTRACTS) or f"There are {listed(CONTRACTS, 'and')}."
            raise ValueError(f"{shown(contract)} is no contract. {hint}")
        unknown = sorted(set(keys) - CONTRACTS[contract].keys())
        if unknown:
            hint = nearest(unknown[0], CONTRACTS[contract].keys())
            raise ValueError(f"{contract} promises no {shown(unknown[0])}. {hint}".rstrip())
    return needs


class ProjectRequirement(BlueprintModel):
    """One project: which keys of the wiring it uses, and in which environments."""

    schema_: Literal["stackwright.project/v1"] = Field(alias="schema")
    """Version of this format."""
    name: ProjectName = Field(examples=["churn-model"])
    """Name of the project."""
    template: DnsLabel = Field(examples=["tabular-service"])
    """Template that the project was made from."""
    repository: RepositoryName | None = Field(default=None, examples=["acme/churn-model"])
    """Repository of the project, as OWNER/REPOSITORY."""
    environments: list[EnvironmentName] = Field(max_length=20, examples=[["dev", "prod"]])
    """Environments that the project is wired to."""
    needs: Annotated[dict[str, list[str]], AfterValidator(_promised)] = Field(
        max_length=20, examples=[{"ExperimentTracker": ["uri"]}]
    )
    """Keys that the project cannot do without, by contract."""

    def text(self) -> str:
        """Return the file's text: YAML with sorted lists, the same for the same requirement."""
        data: Mapping[str, object] = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        needs = data["needs"]
        lines = ["# Written by `stackwright wire --register`; a change is overwritten."]
        lines += [f"{key}: {flow(value)}" for key, value in data.items() if key != "needs"]
        lines.append("needs:" if needs else "needs: {}")
        lines += [f"  {contract}: {flow(keys)}" for contract, keys in sorted(self.needs.items())]
        return "\n".join(lines) + "\n"


def requirement(document: Document) -> ProjectRequirement:
    """Return the requirement that a file holds.

    Raises:
        BlueprintError: It is none; every problem is listed with its place.
    """
    return validate(ProjectRequirement, document.root, document.file)
