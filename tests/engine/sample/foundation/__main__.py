"""Every option and kind of value that a program can register, in AWS."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
from pulumi import Output, ResourceOptions

provider = aws.Provider(
    "account",
    region="eu-west-1",
    allowed_account_ids=["210987654321"],
    default_tags={"tags": {"team": "ml"}},
)
elsewhere = aws.Provider("elsewhere", region="us-east-1")


def protect_queues(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
    if args.type_ != "aws:sqs/queue:Queue":
        return None
    opts = ResourceOptions.merge(args.opts, ResourceOptions(protect=True))
    return pulumi.ResourceTransformResult({**args.props, "delaySeconds": 7}, opts)


pulumi.runtime.register_resource_transform(protect_queues)


def check(_: pulumi.ResourceHookArgs) -> None:
    """Do nothing: that it is called is not what is compared."""


hook = pulumi.ResourceHook("check", check)


class Inner(pulumi.ComponentResource):
    def __init__(self, name: str, opts: ResourceOptions) -> None:
        super().__init__("sample:index:Inner", name, None, opts)
        below = ResourceOptions(parent=self)
        self.topic = aws.sns.Topic(f"{name}-topic", opts=below)
        after = ResourceOptions(parent=self, depends_on=[self.topic])
        self.queue = aws.sqs.Queue(f"{name}-queue", fifo_queue=True, opts=after)
        self.register_outputs({"arn": self.topic.arn, "nested": {"list": [self.queue.url, 1]}})


class Outer(pulumi.ComponentResource):
    def __init__(self, name: str, args: pulumi.Inputs, opts: ResourceOptions) -> None:
        super().__init__("sample:index:Outer", name, args, opts)
        self.inner = Inner(f"{name}-inner", ResourceOptions(parent=self))
        self.bucket = aws.s3.Bucket(
            f"{name}-bucket",
            tags={"kind": "data", "weight": "1"},
            opts=ResourceOptions(
                parent=self,
                provider=elsewhere,
                delete_before_replace=True,
                aliases=[
                    pulumi.Alias(name="old"),
                    pulumi.Alias(name="moved", parent=pulumi.ROOT_STACK_RESOURCE),
                    "urn:pulumi:dev::sample-foundation::aws:s3/bucket:Bucket::older",
                ],
                ignore_changes=["tags"],
                replace_on_changes=["bucket"],
                retain_on_delete=True,
            ),
        )
        self.register_outputs({})


here = ResourceOptions(provider=provider)

outer = Outer(
    "outer",
    {"provider": elsewhere.id, "secret": Output.secret(1)},
    ResourceOptions(providers={"aws": provider}, protect=True),
)
key = aws.kms.Key(
    "key",
    description="of the sample",
    opts=ResourceOptions(
        provider=provider,
        depends_on=[outer],
        custom_timeouts=pulumi.CustomTimeouts(create="1h30m", delete="90s"),
        hooks=pulumi.ResourceHookBinding(after_create=[hook]),
        replacement_trigger="first",
    ),
)
aws.kms.Alias(
    "alias",
    name="alias/sample",
    target_key_id=key.key_id,
    opts=ResourceOptions(provider=provider, deleted_with=key, hide_diffs=["name"]),
)
role = aws.iam.Role(
    "role",
    assume_role_policy=Output.json_dumps({"Version": "2012-10-17", "Statement": []}),
    tags={"made-of": Output.format("{0}-{1}", key.arn, outer.inner.topic.name)},
    opts=ResourceOptions(provider=provider, additional_secret_outputs=["arn"]),
)
database = aws.rds.Instance(
    "database",
    instance_class="db.t4g.micro",
    password=Output.secret("canary"),
    port=5432,
    allocated_storage=10,
    tags={"hidden": Output.secret("canary"), "open": "yes"},
    opts=here,
)
network = aws.ec2.Vpc("network", cidr_block="10.0.0.0/16", enable_dns_hostnames=True, opts=here)
aws.ec2.SecurityGroup(
    "group",
    vpc_id=network.id,
    ingress=[
        {"protocol": "tcp", "from_port": 1, "to_port": 2, "cidr_blocks": [network.cidr_block]},
        {"protocol": "tcp", "from_port": 0, "to_port": database.port, "self": True},
    ],
    opts=ResourceOptions(provider=provider, replace_with=[network]),
)
aws.ssm.Parameter(
    "address",
    type="String",
    value=Output.concat("postgresql://", database.address, "/sample"),
    opts=here,
)
aws.ssm.Parameter(
    "document",
    type="String",
    value=Output.json_dumps({"bucket": outer.bucket.arn, "list": [key.arn, 1, None, True]}),
    opts=here,
)
aws.s3.BucketObjectv2(
    "object", bucket=outer.bucket.id, source=pulumi.StringAsset("hello"), opts=here
)

pulumi.export("network", network.id)
pulumi.export("key", key.arn)
pulumi.export("password", database.password)
pulumi.export("nested", {"list": [outer.inner.topic.arn, database.port], "yes": True})
