from __future__ import annotations

import dataclasses

import pytest

from stackwright.plan.graph import Assumption, Plan
from stackwright.report.text import text

TINY = """\
acme-ml, environment dev, on aws
2 resources in 2 tools, 2 layers, 1 protected from deletion

Foundation layer: 1 resource  (stack dev of acme-ml-foundation)
  Storage
    storage (s3): S3 buckets
      1 S3 bucket
      stateful: 1, protected: 1

Platform layer: 1 resource  (stack dev of acme-ml-platform)
  Tracking
    tracking (mlflow): MLflow
      1 service

How the tools are joined
  - tracking keeps artifacts in storage

Wiring: what projects may rely on
  storage.url = s3://[output bucket of storage-data]/x

Next: stackwright plan -e dev --format html -o plan.html shows every resource; pulumi up in
      stacks/foundation, then stacks/platform deploys it.
"""


def test_a_small_plan_reads_like_this(tiny: Plan) -> None:
    assert text(tiny) == TINY


@pytest.mark.parametrize(("asked", "used"), [(20, 80), (90, 90), (400, 100)])
def test_no_line_is_wider_than_the_terminal(asked: int, used: int, sample: Plan) -> None:
    reason = "because " * 60
    plan = dataclasses.replace(sample, assumptions=(Assumption("a.b", 1, "default", reason),))
    assert max(len(line) for line in text(plan, asked).splitlines()) in range(used - 8, used + 1)


def test_examples_come_before_other_assumptions_and_are_the_next_step(sample: Plan) -> None:
    shown = text(sample)
    assert shown.index("Assumed. EXAMPLE, refused by anything that deploys") < shown.index(
        "Assumed. Set by the profile"
    )
    assert "Next: replace the 1 example value above" in shown


def test_a_tool_that_nobody_named_says_so(sample: Plan) -> None:
    assert "RDS PostgreSQL  [added because another tool needs it]" in text(sample)


def test_warnings_name_their_layer(sample: Plan) -> None:
    assert "Warnings\n  - platform: a filter was skipped" in text(sample)


def test_250_resources_fit_on_a_few_screens(large: Plan) -> None:
    assert len(text(large).splitlines()) < 200


def test_a_plan_of_nothing_says_how_to_begin(sample: Plan) -> None:
    empty = dataclasses.replace(sample, layers=(), tools=(), edges=(), assumptions=())
    assert text(empty).endswith(
        "Next: add a tool to blueprint.yaml; `stackwright catalog` lists them.\n"
    )
