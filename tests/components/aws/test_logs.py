from __future__ import annotations

import pytest

from stackwright.aws.log_retention import LogRetention
from stackwright.aws.logs import log_encryption
from stackwright.scope import Scope


def test_cloudwatch_may_use_a_key_for_the_named_groups_only(scope: Scope) -> None:
    statement = log_encryption(scope, "/aws/eks/acme/cluster")
    assert statement["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    assert statement["Condition"] == {
        "StringEquals": {
            "kms:EncryptionContext:aws:logs:arn": [
                "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/eks/acme/cluster"
            ]
        }
    }


@pytest.mark.parametrize(
    ("region", "service", "partition"),
    [
        ("cn-north-1", "logs.cn-north-1.amazonaws.com.cn", "aws-cn"),
        ("us-gov-west-1", "logs.us-gov-west-1.amazonaws.com", "aws-us-gov"),
    ],
)
def test_other_partitions_have_their_own_names(
    scope: Scope, region: str, service: str, partition: str
) -> None:
    statement = log_encryption({**scope, "region": region}, "/x")
    (group,) = statement["Condition"]["StringEquals"]["kms:EncryptionContext:aws:logs:arn"]
    assert statement["Principal"] == {"Service": service}
    assert group.startswith(f"arn:{partition}:logs:{region}:")


def test_no_offered_retention_is_shorter_than_a_year() -> None:
    assert min(LogRetention) == 365
