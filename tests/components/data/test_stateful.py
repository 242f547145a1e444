from __future__ import annotations

import json
from pathlib import Path

from stackwright.data import stateful

FILE = Path(stateful.__file__).with_name("stateful_types.json")


def test_a_database_loses_its_data_and_a_policy_nothing() -> None:
    assert stateful.losses()["aws:rds/instance:Instance"] == "database"
    assert "aws:s3/bucketPolicy:BucketPolicy" not in stateful.losses()


def test_the_list_says_where_it_is_from_and_of_when() -> None:
    document = json.loads(FILE.read_text(encoding="utf-8"))
    assert document["as_of"]
    assert document["sources"]
