"""What the blueprint allows to be lost is judged by a day, and by nothing else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from stackwright.allowances import allowances, allowing_line, today
from stackwright.blueprint.reader import parse
from stackwright.diff.findings import Allowance
from stackwright.environment import check

KEY = "aws:s3/bucket:Bucket::storage-data"

BLUEPRINT = f"""\
apiVersion: stackwright/v1
name: acme-ml
target: {{kind: aws, region: eu-west-1, account: "210987654321"}}
environments:
  dev:
    allow_replacement:
      - {{resource: {KEY}, reason: all objects were copied, expires: "2026-11-21"}}
  prod: {{}}
"""


@pytest.mark.parametrize(("days", "expired"), [(-1, False), (0, False), (1, True)])
def test_an_allowance_holds_to_the_end_of_its_last_day(days: int, expired: bool) -> None:
    blueprint = check(parse(BLUEPRINT, "blueprint.yaml"))["dev"].blueprint
    day = date(2026, 11, 21) + timedelta(days=days)
    expected = Allowance("all objects were copied", "2026-11-21", expired)
    assert allowances(blueprint, day) == {KEY: expected}


def test_an_environment_allows_for_itself_alone() -> None:
    assert allowances(check(parse(BLUEPRINT, "b.yaml"))["prod"].blueprint, today()) == {}


def test_the_line_to_write_leaves_reason_and_day_to_a_person() -> None:
    assert allowing_line(KEY) == f'- {{resource: {KEY}, reason: WHY, expires: "YYYY-MM-DD"}}'
    assert allowing_line("a:b::c: d").startswith('- {resource: "a:b::c: d", ')
