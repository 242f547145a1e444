"""A small program in several versions, for recording what the real engine tells of each."""

import os

import pulumi
import pulumi_aws as aws

VERSION = os.environ.get("PROGRAM_VERSION", "first")


class Store(pulumi.ComponentResource):
    """A bucket, its versioning and a topic."""

    def __init__(self, name: str, provider: aws.Provider) -> None:
        super().__init__("stackwright:index:Bucket", name)
        options = pulumi.ResourceOptions(parent=self, provider=provider)
        tags = {"owner": "somebody else" if VERSION == "updated" else "somebody"}
        bucket = "acme-new" if VERSION == "replaced" else "acme"
        self.bucket = aws.s3.Bucket(f"{name}-bucket", bucket=bucket, tags=tags, opts=options)
        aws.s3.BucketVersioning(
            f"{name}-versioning",
            bucket=self.bucket.id,
            versioning_configuration={"status": "Enabled"},
            opts=options,
        )
        if VERSION != "deleted":
            aws.sns.Topic(f"{name}-topic", name="events", opts=options)
        self.register_outputs({})


store = Store("store", aws.Provider("main", region="eu-west-1"))
if VERSION == "broken":
    raise RuntimeError("the program broke")
pulumi.export("bucket", store.bucket.id)
pulumi.export("password", pulumi.Output.secret("of nothing"))
