from __future__ import annotations

import json

import pytest

from stackwright.errors import InputError
from stackwright.plan.graph import (
    SCHEMA,
    Assumption,
    Edge,
    Layer,
    Plan,
    Resource,
    ResourceOptions,
    Tool,
    origins,
    symbol,
)

BUCKET = "urn:pulumi:dev::acme::acme:index:Storage$aws:s3/bucket:Bucket::data"
ROLE = "urn:pulumi:dev::acme::aws:iam/role:Role::reader"

PLAN = Plan(
    name="acme",
    environment="dev",
    target="aws",
    layers=(
        Layer(
            name="foundation",
            project="acme-foundation",
            stack="dev",
            resources=(
                Resource(
                    urn="urn:pulumi:dev::acme::pulumi:pulumi:Stack::acme-dev",
                    type="pulumi:pulumi:Stack",
                    name="acme-dev",
                    custom=False,
                    inputs={},
                ),
                Resource(
                    urn=BUCKET,
                    type="aws:s3/bucket:Bucket",
                    name="data",
                    custom=True,
                    inputs={"bucket": "acme-data", "tags": {"team": "ml"}},
                    options=ResourceOptions(
                        protect=True,
                        ignore_changes=("tags",),
                        custom_timeouts={"create": "40m"},
                        hooks=("before_create:check",),
                        replacement_trigger=["a", 1],
                    ),
                ),
                Resource(
                    urn=ROLE,
                    type="aws:iam/role:Role",
                    name="reader",
                    custom=True,
                    inputs={"description": f"reads {symbol(BUCKET, 'arn')}"},
                    dependencies=(BUCKET,),
                    property_dependencies={"description": (BUCKET,)},
                    tool="storage",
                ),
            ),
            outputs={"bucket": symbol(BUCKET, "bucket")},
            warnings=("one",),
        ),
    ),
    tools=(Tool("storage", "storage", "s3", "Amazon S3", ("foundation",)),),
    edges=(Edge("tracking", "storage", "artifacts", "ObjectStore"),),
    wiring={"artifacts": symbol(BUCKET, "bucket")},
    assumptions=(Assumption("region", "eu-west-1", "example", "none was given"),),
    stackwright="0.1.0",
)


def test_a_plan_survives_json() -> None:
    assert Plan.from_json(PLAN.to_json()) == PLAN


def test_equal_plans_have_equal_json() -> None:
    assert Plan.from_json(PLAN.to_json()).to_json() == PLAN.to_json()


def test_json_is_ascii_with_its_schema_and_a_final_line_end() -> None:
    text = Plan(name="Zürich", environment="dev", target="aws", layers=()).to_json()
    assert text.isascii()
    assert text.endswith("}\n")
    assert json.loads(text)["schema"] == SCHEMA == "stackwright.plan/v1"


@pytest.mark.parametrize(
    "text", ['{"schema": "stackwright.plan/v0", "layers": []}', "[]", "null", "not json"]
)
def test_what_is_no_plan_of_this_schema_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="holds no plan of this version"):
        Plan.from_json(text)


def test_counts_leave_out_components_and_pulumis_own_resources() -> None:
    assert PLAN.counts() == {"aws:s3/bucket:Bucket": 1, "aws:iam/role:Role": 1}


def test_resources_come_with_their_layer_in_order() -> None:
    found = [(layer.name, resource.name) for layer, resource in PLAN.resources()]
    assert found == [
        ("foundation", "acme-dev"),
        ("foundation", "data"),
        ("foundation", "reader"),
    ]


def test_origins_are_found_in_text_unknowns_and_secrets_at_any_depth() -> None:
    value = {
        "text": f"from {symbol(BUCKET, 'arn')} to {symbol(ROLE, 'id')}",
        "list": [{"$unknown": [f"{BUCKET}#versioning"]}, 3, None, True],
        "deep": {"secret": {"$secret": [f"{ROLE}#uniqueId"]}},
    }
    assert list(origins(value)) == [
        f"{BUCKET}#arn",
        f"{ROLE}#id",
        f"{BUCKET}#versioning",
        f"{ROLE}#uniqueId",
    ]


@pytest.mark.parametrize("value", ["${output:}", "${other}", "plain", "", 1, 1.5, None, True, {}])
def test_other_values_have_no_origins(value: object) -> None:
    assert list(origins(value)) == []
