"""Buckets for data, artifacts and logs, with one consumer that trains models."""

import pulumi
import pulumi_aws as aws

from stackwright.storage.s3.component import S3

ACCOUNT = "123456789012"
REGION = "eu-west-1"

provider = aws.Provider("aws", region=REGION, allowed_account_ids=[ACCOUNT])

storage = S3(
    "storage",
    {
        "scope": {
            "name": "acme-ml",
            "environment": "dev",
            "account": ACCOUNT,
            "region": REGION,
        },
        "settings": {"noncurrent_version_days": 30},
        "consumers": {"training": {"purpose": "artifacts", "access": "read-write"}},
    },
    pulumi.ResourceOptions(providers=[provider]),
)

pulumi.export("data", storage.data_bucket)
pulumi.export("training", storage.binding("training"))
