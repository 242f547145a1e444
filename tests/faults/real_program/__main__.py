"""Five buckets in a component: a program that starts fast, since it loads no provider's package."""

import os
from collections.abc import Mapping

import pulumi

COUNT = 5


class Bucket(pulumi.CustomResource):
    """A bucket, by its type alone."""

    def __init__(
        self, name: str, inputs: Mapping[str, object], opts: pulumi.ResourceOptions
    ) -> None:
        super().__init__("aws:s3/bucket:Bucket", name, inputs, opts)


class Store(pulumi.ComponentResource):
    """Buckets, each made after the last, so that there is one moment for each."""

    def __init__(self, provider: pulumi.ProviderResource) -> None:
        super().__init__("stackwright:index:Bucket", "store")
        last: list[pulumi.Resource] = []
        for number in range(1, COUNT + 1):
            inputs = {"bucket": f"acme-{number}", "tags": {"platform": "acme"}}
            if number == 1 and os.environ.get("PROGRAM_VERSION") == "changed":
                inputs["acl"] = "private"
            options = pulumi.ResourceOptions(parent=self, provider=provider, depends_on=last)
            last = [Bucket(f"bucket-{number}", inputs, options)]
        self.register_outputs({})


VERSION = os.environ["PROVIDER_VERSION"]

Store(
    pulumi.ProviderResource(
        "aws", "main", {"region": "eu-west-1"}, pulumi.ResourceOptions(version=VERSION)
    )
)
pulumi.export("bucket", "acme-1")
