"""What a model file says about itself: `contract.json`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ..errors import ModelRefused
from .trusted import ModelKind

if TYPE_CHECKING:
    from ..data.contract import DataContract

CONTRACT_SCHEMA = "model-contract/v1"
REFERENCE_ROWS = 1000
"""The most values that the reference keeps of a feature."""


class _Strict(BaseModel):
    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True
    )


class ModelFeature(_Strict):
    """One input of the model; its position in the list is its position in the matrix."""

    name: str = Field(min_length=1, max_length=200)
    type: Literal["number", "category"]
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] | None = None
    nullable: bool = False
    personal: bool = False

    @model_validator(mode="after")
    def _category_has_values(self) -> Self:
        if (self.type == "category") != (self.values is not None):
            raise ValueError("a category has values, a number has none")
        return self


class ModelContract(_Strict):
    """All that is known about a model beside its parameters.

    `reference` holds, for each feature that is not personal, a sorted sample of the values it was
    trained on (at most 1000, None where missing): drift is measured against it. Sorted, so that the
    values of one row cannot be put together again. `label` says in words what a decision of 1
    means. `metrics` are of the validation rows. `holdout` is the SHA-256 of the holdout that
    was kept from the training: rows of another may be among those it was trained on.
    """

    schema_: Literal["model-contract/v1"] = Field(alias="schema", default="model-contract/v1")
    project: str
    model: ModelKind
    features: tuple[ModelFeature, ...] = Field(min_length=1, max_length=1000)
    label: str
    threshold: float = Field(ge=0, le=1)
    threshold_rule: str
    reference: dict[str, tuple[float | str | None, ...]]
    metrics: dict[str, float]
    commit: str
    data_version: str
    holdout: str
    seed: int
    scikit_learn: str
    created: datetime

    @model_validator(mode="after")
    def _reference_is_of_open_features(self) -> Self:
        names = [feature.name for feature in self.features]
        if len(set(names)) != len(names):
            raise ValueError("two features have the same name")
        expected = {feature.name for feature in self.features if not feature.personal}
        if set(self.reference) != expected:
            raise ValueError("reference must hold each feature that is not personal, and no other")
        if any(len(values) > REFERENCE_ROWS for values in self.reference.values()):
            raise ValueError(f"reference holds more than {REFERENCE_ROWS} values of a feature")
        return self

    def to_json(self) -> bytes:
        """The text of `contract.json`; the same contract gives the same bytes."""
        return self.model_dump_json(by_alias=True, indent=1).encode() + b"\n"


def parse_contract(data: bytes) -> ModelContract:
    """Read `contract.json`.

    Raises:
        ModelRefused: It is not what a contract must be; the reason names the keys.
    """
    try:
        return ModelContract.model_validate_json(data)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc']) or 'file'}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_input=False)[:5]
        )
        raise ModelRefused(f"contract.json of the model does not parse: {problems}") from None


def model_features(contract: DataContract) -> tuple[ModelFeature, ...]:
    """The features of the project's data contract, as the model's contract keeps them."""
    from ..data.contract import CategoryColumn

    return tuple(
        ModelFeature(
            name=column.name,
            type="category",
            values=column.values,
            nullable=column.nullable,
            personal=column.personal,
        )
        if isinstance(column, CategoryColumn)
        else ModelFeature(
            name=column.name,
            type="number",
            minimum=column.minimum,
            maximum=column.maximum,
            nullable=column.nullable,
            personal=column.personal,
        )
        for column in contract.features()
    )


def refuse_other_features(model: ModelContract, contract: DataContract) -> None:
    """Refuse a model whose input is not what the project's data contract describes.

    Name, order, type, values and the personal mark must agree: these decide what a position of the
    matrix means and what may be logged. Bounds may be edited without training again.

    Raises:
        ModelRefused: They differ; the reason names the first differences.
    """
    ours = [_identity(feature) for feature in model_features(contract)]
    theirs = [_identity(feature) for feature in model.features]
    if ours == theirs:
        return
    missing = [feature[0] for feature in ours if feature not in theirs]
    surplus = [feature[0] for feature in theirs if feature not in ours]
    parts = []
    if missing:
        parts.append("it lacks, or has otherwise, " + ", ".join(missing[:5]))
    if surplus:
        parts.append("it has, or has otherwise, " + ", ".join(surplus[:5]))
    raise ModelRefused(
        "the model's features are not those of configuration/data.yaml: "
        f"{'; '.join(parts) or 'their order differs'}. Train again, or undo the change."
    )


def _identity(feature: ModelFeature) -> tuple[str, str, tuple[str, ...] | None, bool]:
    return feature.name, feature.type, feature.values, feature.personal
