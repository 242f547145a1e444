"""A plan that anybody may have written."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from stackwright.errors import InputError
from stackwright.plan.graph import Layer, Plan, Resource, Tool
from stackwright.plan.reading import read_plan


def stored(resources: int = 1) -> dict[str, Any]:
    """Return a plan as JSON values."""
    pods = {"containers": [{"name": "x", "env": [{"name": f"E{key}"} for key in range(10)]}]}
    made = tuple(
        Resource(
            f"urn:pulumi:prod::acme::aws:s3/bucket:Bucket::b{index}",
            "aws:s3/bucket:Bucket",
            f"b{index}",
            True,
            {"bucket": f"acme-{index}", "arn": {"$unknown": [f"urn:x::{index}#arn"]}, "spec": pods},
            dependencies=(f"urn:{index}",),
            property_dependencies={"bucket": ("urn:x",)},
        )
        for index in range(resources)
    )
    layer = Layer("platform", "acme", "prod", made, warnings=("one",))
    tools = (Tool("storage", "storage", "s3", "Amazon S3", ("platform",)),)
    found: dict[str, Any] = json.loads(Plan("acme", "prod", "aws", (layer,), tools).to_json())
    return found


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("name",), 1, "name: Input should be a valid string."),
        (("layers",), {}, "layers: Input should be a valid array."),
        (("layers", 0), 1, "layers.0: Input should be an object."),
        (("layers", 0, "resources", 0, "type"), 5, "layers.0.resources.0.type: Input should be a"),
        (("layers", 0, "resources", 0, "custom"), "no", "resources.0.custom: Input should be a"),
        (("layers", 0, "resources", 0, "inputs"), [], "resources.0.inputs: Input should be an"),
        (("layers", 0, "resources", 0, "dependencies"), [1], "dependencies.0: Input should be"),
        (("layers", 0, "resources", 0, "options", "aliases"), 1, "options.aliases: Input should"),
        (("tools", 0, "assumed"), None, "tools.0.assumed: Input should be a valid boolean."),
        (("layers", 0, "more"), 1, "layers.0.more: Unexpected keyword argument."),
    ],
)
def test_a_wrong_value_is_told_with_its_place(path: tuple[Any, ...], value: Any, said: str) -> None:
    plan = stored()
    place: Any = plan
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(InputError) as caught:
        read_plan(json.dumps(plan), "prod.json")
    assert str(caught.value).startswith("prod.json: ")
    assert said in str(caught.value)


@pytest.mark.parametrize("made_from", [5, "urn:x#arn", [1], {"a": "b"}])
def test_a_mark_without_its_origins_is_refused(made_from: Any) -> None:
    plan = stored()
    plan["layers"][0]["resources"][0]["inputs"]["arn"] = {"$secret": made_from}
    with pytest.raises(InputError, match=r"a value holds \$secret without the list of texts"):
        read_plan(json.dumps(plan), "prod.json")


def test_a_plan_of_an_earlier_version_may_lack_what_has_a_default() -> None:
    plan = stored()
    del plan["tools"][0]["assumed"]
    assert not read_plan(json.dumps(plan), "prod.json").tools[0].assumed


def test_ten_thousand_resources_are_read_in_a_second() -> None:
    text = json.dumps(stored(10_000))
    read_plan(json.dumps(stored()), "")
    begin = time.process_time()
    read_plan(text, "")
    assert time.process_time() - begin < 2
