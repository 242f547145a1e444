from __future__ import annotations

import json
from pathlib import Path

import pytest

from stackwright.data import stateful

FILE = Path(stateful.__file__).with_name("stateful_types.json")


def test_a_database_loses_its_data_and_a_policy_nothing() -> None:
    assert stateful.losses()["aws:rds/instance:Instance"] == "database"
    assert "aws:s3/bucketPolicy:BucketPolicy" not in stateful.losses()


def test_what_only_groups_others_loses_them_and_holds_nothing() -> None:
    for group in json.loads(FILE.read_text(encoding="utf-8"))["groups"]:
        assert stateful.losses()[group]
        assert not stateful.holds_data(group)
    assert stateful.holds_data("kubernetes:core/v1:PersistentVolumeClaim")
    assert not stateful.holds_data("kubernetes:apps/v1:Deployment")


@pytest.mark.parametrize(
    ("type_", "protected", "retained", "expected"),
    [
        ("aws:s3/bucket:Bucket", False, False, True),
        ("aws:s3/bucket:Bucket", True, True, False),
        ("aws:s3/bucketPolicy:BucketPolicy", True, False, True),
        ("aws:s3/bucketPolicy:BucketPolicy", False, False, False),
    ],
)
def test_what_is_protected_or_holds_data_is_lost_unless_it_stays(
    type_: str, protected: bool, retained: bool, expected: bool
) -> None:
    lost = stateful.takes_something(type_, protected=protected, retained=retained)
    assert lost is expected


def test_the_list_says_where_it_is_from_and_of_when() -> None:
    document = json.loads(FILE.read_text(encoding="utf-8"))
    assert document["as_of"]
    assert document["sources"]
