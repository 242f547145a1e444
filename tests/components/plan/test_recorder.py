from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
import pytest
from pulumi.runtime import settings

from stackwright.errors import BlueprintError, PlanError, Problem
from stackwright.plan.graph import JsonValue, Layer, Plan, Resource, symbol
from stackwright.plan.recorder import record

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    assert (
        aws.s3.Bucket.__name__ == "Bucket"
    )  # its module loads at the first use and warns of its own old names

CANARY = "canary-3f9b1c"
PREFIX = "urn:pulumi:dev::acme::"
STACK = f"{PREFIX}pulumi:pulumi:Stack::acme-dev"
BUCKET = f"{PREFIX}aws:s3/bucket:Bucket::data"
INSTANCE = f"{PREFIX}aws:rds/instance:Instance::db"
REFERENCE = "organization/acme-foundation/dev"

Recorder = Callable[..., Layer]


@pytest.fixture(params=[True, False], ids=["patched", "plain"])
def recorded(request: pytest.FixtureRequest) -> Recorder:
    def run(
        program: Callable[[], Any], foreign: Mapping[str, Mapping[str, JsonValue]] | None = None
    ) -> Layer:
        return record(
            program,
            layer="foundation",
            project="acme",
            stack="dev",
            root_directory=os.path.dirname(__file__),  # noqa: PTH120
            foreign=foreign or {},
            patches=request.param,
        )

    return run


def resource(layer: Layer, name: str, type_: str = "") -> Resource:
    return next(
        found for found in layer.resources if found.name == name and found.type.endswith(type_)
    )


def text(layer: Layer) -> str:
    return Plan(name="acme", environment="dev", target="aws", layers=(layer,)).to_json()


class Storage(pulumi.ComponentResource):
    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("acme:index:Storage", name, {}, opts)
        own = pulumi.ResourceOptions(parent=self)
        self.bucket = aws.s3.Bucket("data", bucket="acme-data", opts=own)
        self.log = aws.s3.Bucket("log", opts=own)
        self.register_outputs({"arn": self.bucket.arn, "erasable": self.bucket.force_destroy})


def database(**arguments: Any) -> aws.rds.Instance:
    return aws.rds.Instance("db", instance_class="db.t4g.micro", **arguments)


def test_text_outputs_are_symbols_through_format_concat_json_and_apply(recorded: Recorder) -> None:
    def program() -> None:
        bucket = aws.s3.Bucket("data")
        pulumi.export("format", pulumi.Output.format("{0}/*", bucket.arn))
        pulumi.export("concat", pulumi.Output.concat("s3://", bucket.id))
        pulumi.export("json", pulumi.Output.json_dumps({"to": [bucket.arn]}))
        pulumi.export("apply", bucket.bucket_domain_name.apply(lambda name: f"https://{name}"))

    arn, identity = symbol(BUCKET, "arn"), symbol(BUCKET, "id")
    assert recorded(program).outputs == {
        "apply": f"https://{symbol(BUCKET, 'bucketDomainName')}",
        "concat": f"s3://{identity}",
        "format": f"{arn}/*",
        "json": f'{{"to": ["{arn}"]}}',
    }


def test_inputs_echo_as_outputs(recorded: Recorder) -> None:
    def program() -> None:
        bucket = aws.s3.Bucket("data", bucket="acme-data", tags={"team": "ml"})
        space = kubernetes.core.v1.Namespace("space", metadata={"name": "tracking"})
        pulumi.export("bucket", bucket.bucket)
        pulumi.export("team", bucket.tags["team"])
        pulumi.export("namespace", space.metadata.name)

    assert recorded(program).outputs == {
        "bucket": "acme-data",
        "namespace": "tracking",
        "team": "ml",
    }


def test_a_kubernetes_name_that_was_not_given_is_a_symbol(recorded: Recorder) -> None:
    def program() -> None:
        pulumi.export("name", kubernetes.core.v1.ConfigMap("settings").metadata.name)

    urn = f"{PREFIX}kubernetes:core/v1:ConfigMap::settings"
    assert recorded(program).outputs == {"name": symbol(urn, "metadata.name")}


def test_a_value_that_is_no_text_is_unknown_and_names_its_origin(recorded: Recorder) -> None:
    def program() -> None:
        db = database()
        role = aws.iam.Role("role", assume_role_policy="{}", max_session_duration=db.port)
        pulumi.export("later", db.port.apply(lambda port: port + 1))
        pulumi.export("role", role.arn)

    layer = recorded(program)
    unknown = {"$unknown": [f"{INSTANCE}#port"]}
    assert resource(layer, "role").inputs["maxSessionDuration"] == unknown
    assert layer.outputs["later"] == unknown
    assert resource(layer, "role").dependencies == (INSTANCE,)
    assert resource(layer, "role").property_dependencies == {"maxSessionDuration": (INSTANCE,)}


def test_dict_given_where_the_provider_returns_text_is_a_symbol(recorded: Recorder) -> None:
    def program() -> None:
        document: Any = {"Version": "2012-10-17"}
        policy = aws.s3.BucketPolicy("policy", bucket="b", policy=document)
        pulumi.export("policy", policy.policy)

    layer = recorded(program)
    assert resource(layer, "policy").inputs["policy"] == {"Version": "2012-10-17"}
    assert layer.outputs["policy"].endswith("#policy}")


def test_no_secret_is_in_a_plan_and_all_that_is_made_from_it_is_secret(recorded: Recorder) -> None:
    def program() -> None:
        secret = pulumi.Output.secret(CANARY)
        db = database(password=secret)
        nested = {"users": [{"name": "admin", "password": secret}]}
        kubernetes.helm.v3.Release("chart", chart="c", values=nested)
        kubernetes.core.v1.Secret("keys", string_data={"key": secret, "plain": "x"})
        pulumi.export("password", db.password)
        pulumi.export("url", pulumi.Output.format("postgres://a:{0}@{1}", secret, db.address))
        pulumi.export("json", pulumi.Output.json_dumps({"password": secret}))
        pulumi.export("applied", db.password.apply(lambda word: str(word).upper()))

    layer = recorded(program)
    plan = text(layer)
    assert CANARY not in plan
    assert CANARY.upper() not in plan
    assert resource(layer, "db").inputs["password"] == {"$secret": []}
    assert resource(layer, "chart").inputs["values"] == {
        "users": [{"name": "admin", "password": {"$secret": []}}]
    }
    assert layer.outputs["password"] == {"$secret": [f"{INSTANCE}#password"]}
    assert layer.outputs["url"] == {"$secret": [f"{INSTANCE}#address"]}
    assert all("$secret" in value for value in layer.outputs.values())


def test_additional_secret_outputs_are_secret(recorded: Recorder) -> None:
    def program() -> None:
        options = pulumi.ResourceOptions(additional_secret_outputs=["arn", "port"])
        db = database(opts=options)
        pulumi.export("arn", pulumi.Output.concat("arn=", db.arn))
        pulumi.export("port", db.port)

    assert recorded(program).outputs == {
        "arn": {"$secret": [f"{INSTANCE}#arn"]},
        "port": {"$secret": [f"{INSTANCE}#port"]},
    }


def test_children_have_the_types_of_their_parents_in_their_urn(recorded: Recorder) -> None:
    layer = recorded(lambda: Storage("storage"))
    parent = f"{PREFIX}acme:index:Storage::storage"
    child = f"{PREFIX}acme:index:Storage$aws:s3/bucket:Bucket::data"
    assert [found.urn for found in layer.resources][:3] == [STACK, parent, child]
    assert resource(layer, "data").parent == parent
    assert resource(layer, "storage").parent == STACK


def test_a_component_records_the_outputs_that_it_registers(recorded: Recorder) -> None:
    storage = resource(recorded(lambda: Storage("storage")), "storage")
    child = f"{PREFIX}acme:index:Storage$aws:s3/bucket:Bucket::data"
    assert not storage.custom
    assert storage.outputs == {
        "arn": symbol(child, "arn"),
        "erasable": {"$unknown": [f"{child}#forceDestroy"]},
    }


def test_depending_on_a_component_is_depending_on_its_children(recorded: Recorder) -> None:
    def program() -> None:
        storage = Storage("storage")
        aws.s3.Bucket("after", opts=pulumi.ResourceOptions(depends_on=[storage]))

    children = f"{PREFIX}acme:index:Storage$aws:s3/bucket:Bucket::"
    after = resource(recorded(program), "after")
    assert after.dependencies == (f"{children}data", f"{children}log")
    assert after.property_dependencies == {}


def test_every_option_is_recorded(recorded: Recorder) -> None:
    def program() -> None:
        provider = aws.Provider("ireland", region="eu-west-1")
        first = aws.s3.Bucket("first", opts=pulumi.ResourceOptions(provider=provider))
        options = pulumi.ResourceOptions(
            provider=provider,
            protect=True,
            retain_on_delete=True,
            delete_before_replace=True,
            ignore_changes=["tags"],
            replace_on_changes=["bucket"],
            aliases=[pulumi.Alias(name="older"), f"{PREFIX}aws:iam/role:Role::oldest"],
            custom_timeouts=pulumi.CustomTimeouts(create="40m"),
            deleted_with=first,
            import_="role-1",
            version="7.1.0",
            hide_diffs=["description"],
        )
        aws.iam.Role("role", assume_role_policy="{}", opts=options)

    role = resource(recorded(program), "role")
    assert role.provider == f"{PREFIX}pulumi:providers:aws::ireland"
    assert role.options.protect
    assert role.options.retain_on_delete
    assert role.options.delete_before_replace is True
    assert role.options.ignore_changes == ("tags",)
    assert role.options.replace_on_changes == ("bucket",)
    assert role.options.aliases == (
        f"{PREFIX}aws:iam/role:Role::older",
        f"{PREFIX}aws:iam/role:Role::oldest",
    )
    assert role.options.custom_timeouts == {"create": "40m"}
    assert role.options.deleted_with == f"{PREFIX}aws:s3/bucket:Bucket::first"
    assert role.options.import_id == "role-1"
    assert role.options.version == "7.1.0"
    assert role.options.hide_diffs == ("description",)


def test_a_default_provider_is_no_provider(recorded: Recorder) -> None:
    assert resource(recorded(lambda: aws.s3.Bucket("data")), "data").provider == ""


def test_a_component_records_the_providers_of_its_children(recorded: Recorder) -> None:
    def program() -> None:
        provider = aws.Provider("ireland", region="eu-west-1")
        Storage("storage", pulumi.ResourceOptions(providers=[provider]))

    layer = recorded(program)
    provider = f"{PREFIX}pulumi:providers:aws::ireland"
    assert resource(layer, "storage").options.providers == {"aws": provider}
    assert resource(layer, "data").provider == provider


def protect_buckets(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
    if args.type_ != "aws:s3/bucket:Bucket":
        return None
    protected = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(protect=True))
    return pulumi.ResourceTransformResult({**args.props, "tags": {"by": "stack"}}, protected)


async def name_bucket(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
    return pulumi.ResourceTransformResult({**args.props, "bucket": "transformed"}, args.opts)


def test_transforms_of_the_resource_and_of_the_stack_are_applied(recorded: Recorder) -> None:
    def program() -> None:
        pulumi.runtime.register_resource_transform(protect_buckets)
        provider = aws.Provider("ireland", region="eu-west-1")
        options = pulumi.ResourceOptions(provider=provider, transforms=[name_bucket])
        bucket = aws.s3.Bucket("data", opts=options)
        pulumi.export("name", bucket.bucket)
        pulumi.export("arn", bucket.arn)

    layer = recorded(program)
    data = resource(layer, "data")
    assert data.inputs == {"bucket": "transformed", "tags": {"by": "stack"}}
    assert data.options.protect
    assert data.provider == f"{PREFIX}pulumi:providers:aws::ireland"
    assert layer.outputs == {"name": "transformed", "arn": symbol(BUCKET, "arn")}


def test_transforms_of_a_component_reach_its_children(recorded: Recorder) -> None:
    layer = recorded(
        lambda: Storage("storage", pulumi.ResourceOptions(transforms=[protect_buckets]))
    )
    assert resource(layer, "data").options.protect
    assert resource(layer, "log").options.protect
    assert not resource(layer, "storage").options.protect


def test_legacy_transformations_are_applied(recorded: Recorder) -> None:
    def rename(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
        return pulumi.ResourceTransformationResult({**args.props, "bucket": "legacy"}, args.opts)

    def program() -> None:
        pulumi.runtime.register_stack_transformation(rename)
        aws.s3.Bucket("data")

    assert resource(recorded(program), "data").inputs == {"bucket": "legacy"}


FOREIGN: Mapping[str, Mapping[str, JsonValue]] = {
    REFERENCE: {
        "arn": symbol(BUCKET, "arn"),
        "ports": [5432, {"$unknown": [f"{INSTANCE}#port"]}],
        "public": {"$unknown": [f"{INSTANCE}#publiclyAccessible"]},
        "password": {"$secret": [f"{INSTANCE}#password"]},
    }
}


def test_a_stack_reference_is_answered_from_the_other_plan(recorded: Recorder) -> None:
    def program() -> None:
        other = pulumi.StackReference(REFERENCE)
        for key in ("arn", "ports", "public", "password", "absent"):
            pulumi.export(key, other.get_output(key))
        policy = pulumi.Output.format("read {0}", other.require_output("arn"))
        aws.iam.Policy("policy", policy=policy)

    layer = recorded(program, FOREIGN)
    urn = f"{PREFIX}pulumi:pulumi:StackReference::{REFERENCE}"
    assert layer.outputs == FOREIGN[REFERENCE]
    assert resource(layer, "policy").inputs["policy"] == f"read {symbol(BUCKET, 'arn')}"
    assert resource(layer, "policy").dependencies == (urn,)


def test_requiring_an_output_that_the_other_plan_lacks_is_an_error(recorded: Recorder) -> None:
    def program() -> None:
        pulumi.export("x", pulumi.StackReference(REFERENCE).require_output("absent"))

    with pytest.raises(PlanError, match="has no such output"):
        recorded(program, FOREIGN)


def test_a_function_that_fails_on_a_symbol_gives_an_unknown_and_a_warning(
    recorded: Recorder,
) -> None:
    async def later(arn: str) -> int:
        return int(arn)

    def program() -> None:
        bucket = aws.s3.Bucket("data")
        pulumi.export("number", bucket.arn.apply(int))
        pulumi.export("parsed", pulumi.Output.json_loads(bucket.arn))
        pulumi.export("later", bucket.arn.apply(later))

    layer = recorded(program)
    unknown = {"$unknown": [f"{BUCKET}#arn"]}
    assert layer.outputs["number"] == unknown
    assert layer.outputs["parsed"] == unknown
    assert "$unknown" in layer.outputs["later"]
    assert any("test_recorder.py" in warning for warning in layer.warnings)
    assert all("planned as unknown" in warning for warning in layer.warnings)


def test_the_warning_about_a_failed_function_holds_no_secret(recorded: Recorder) -> None:
    def program() -> None:
        both = pulumi.Output.all(pulumi.Output.secret(CANARY), aws.s3.Bucket("data").arn)
        pulumi.export("number", both.apply(lambda pair: int(pair[0])))

    layer = recorded(program)
    assert layer.outputs["number"] == {"$secret": [f"{BUCKET}#arn"]}
    assert len(layer.warnings) == 1
    assert CANARY not in text(layer)


def test_a_function_that_fails_on_a_known_value_is_an_error(recorded: Recorder) -> None:
    def program() -> None:
        for _ in range(5):
            pulumi.Output.from_input("five").apply(int)

    with pytest.raises(PlanError, match=r"ValueError: invalid literal"):
        recorded(program)


def test_an_error_names_the_line_of_the_program(recorded: Recorder) -> None:
    def program() -> None:
        aws.s3.Bucket("data")
        raise ValueError("there is no such region")

    line = program.__code__.co_firstlineno + 2
    with pytest.raises(PlanError) as caught:
        recorded(program)
    assert str(caught.value) == f"{__file__}:{line}: ValueError: there is no such region"


def test_an_error_inside_the_sdk_names_the_line_that_made_the_resource(recorded: Recorder) -> None:
    def program() -> None:
        aws.s3.Bucket("data", tags={"owner": object()})  # type: ignore[dict-item]

    line = program.__code__.co_firstlineno + 1
    with pytest.raises(PlanError) as caught:
        recorded(program)
    assert str(caught.value).startswith(f"{__file__}:{line}: ValueError: ")


def test_an_error_of_stackwright_passes_through(recorded: Recorder) -> None:
    def program() -> None:
        raise BlueprintError([Problem("wrong")])

    with pytest.raises(BlueprintError, match="wrong"):
        recorded(program)


def test_a_look_up_names_the_line_of_the_program(recorded: Recorder) -> None:
    with pytest.raises(PlanError) as caught:
        recorded(look_up)
    assert str(caught.value).startswith(f"{__file__}:{look_up.__code__.co_firstlineno + 1}: ")


def look_up() -> None:
    aws.get_caller_identity()


def look_up_as_output() -> None:
    pulumi.export("account", aws.get_caller_identity_output().account_id)


@pytest.mark.parametrize("program", [look_up, look_up_as_output])
def test_a_program_that_looks_something_up_is_refused(
    recorded: Recorder, program: Callable[[], None]
) -> None:
    with pytest.raises(PlanError, match="looks up aws:index/getCallerIdentity:getCallerIdentity"):
        recorded(program)


def test_a_program_that_reads_an_existing_resource_is_refused(recorded: Recorder) -> None:
    with pytest.raises(PlanError, match="reads the existing aws:s3/bucket:Bucket 'given'"):
        recorded(lambda: aws.s3.Bucket.get("data", "given"))


def test_text_made_from_an_output_by_mistake_is_an_error(recorded: Recorder) -> None:
    def program() -> None:
        bucket = aws.s3.Bucket("data")
        aws.s3.Bucket("copy", bucket=f"{bucket.arn}")

    with pytest.raises(PlanError, match="__str__ on an Output"):
        recorded(program)


def test_two_resources_of_one_name_are_an_error(recorded: Recorder) -> None:
    def program() -> None:
        aws.s3.Bucket("data")
        aws.s3.Bucket("data")

    with pytest.raises(PlanError, match="the same URN"):
        recorded(program)


def test_a_program_that_would_wait_for_ever_is_an_error(recorded: Recorder) -> None:
    def program() -> None:
        pulumi.export("never", asyncio.get_running_loop().create_future())

    with pytest.raises(PlanError, match="nothing will ever resolve"):
        recorded(program)


def test_a_program_that_exits_is_an_error(recorded: Recorder) -> None:
    with pytest.raises(PlanError, match="exits with 3"):
        recorded(lambda: sys.exit(3))


def test_a_remote_component_is_one_resource_and_a_warning(recorded: Recorder) -> None:
    class Remote(pulumi.ComponentResource):
        def __init__(self, name: str) -> None:
            super().__init__("other:index:Thing", name, {"size": 3}, None, remote=True)

    layer = recorded(lambda: Remote("thing"))
    assert resource(layer, "thing").inputs == {"size": 3}
    assert len(layer.warnings) == 1
    assert "component of another package" in layer.warnings[0]


def test_warnings_of_the_program_are_kept(recorded: Recorder) -> None:
    def program() -> None:
        pulumi.log.info("nothing to see")
        pulumi.log.warn("the region is far away")

    assert recorded(program).warnings == ("the region is far away",)


def test_an_asynchronous_program_is_recorded(recorded: Recorder) -> None:
    async def main() -> dict[str, Any]:
        return {"arn": aws.s3.Bucket("data").arn}

    assert recorded(lambda: pulumi.run(main)).outputs == {"arn": symbol(BUCKET, "arn")}


def everything() -> None:
    pulumi.runtime.register_resource_transform(protect_buckets)
    storage = Storage("storage")
    db = database(password=pulumi.Output.secret(CANARY))
    config = {"bucket": storage.bucket.bucket, "host": db.address, "arn": storage.log.arn}
    kubernetes.core.v1.ConfigMap("config", data=config)
    aws.s3.Bucket("last", opts=pulumi.ResourceOptions(depends_on=[storage, db]))
    pulumi.export("storage", {"arn": storage.bucket.arn, "port": db.port})


def test_no_socket_and_no_thread_is_opened(
    recorded: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("a plan opens no socket and no thread")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "socketpair", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert len(recorded(everything).resources) == 7


def test_recordings_after_each_other_are_equal_and_leave_no_trace(recorded: Recorder) -> None:
    before = (settings.get_monitor(), settings.get_project(), settings.is_dry_run())
    apply, environment = pulumi.Output.apply, dict(os.environ)
    first = text(recorded(everything))
    recorded(lambda: aws.s3.Bucket("other"))
    assert text(recorded(everything)) == first
    assert (settings.get_monitor(), settings.get_project(), settings.is_dry_run()) == before
    assert settings.SETTINGS.callbacks is None
    assert settings.get_root_resource() is None
    assert pulumi.Output.apply is apply
    assert dict(os.environ) == environment


def test_a_plan_does_not_depend_on_the_machine(
    recorded: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def program() -> None:
        aws.Provider("aws")
        kubernetes.Provider("kubernetes")
        pulumi.export("size", pulumi.Config().get("size"))

    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("KUBECONFIG", raising=False)
    here = recorded(program)
    monkeypatch.setenv("AWS_REGION", "us-east-2")
    monkeypatch.setenv("KUBECONFIG", "/home/somebody/.kube/config")
    monkeypatch.setenv("PULUMI_CONFIG", '{"acme:size": "3"}')
    assert recorded(program) == here
    assert os.environ["AWS_REGION"] == "us-east-2"


def test_nothing_is_printed(recorded: Recorder, capfd: pytest.CaptureFixture[str]) -> None:
    def program() -> None:
        pulumi.log.warn("kept in the plan")
        pulumi.Output.from_input("a").apply(int)
        pulumi.Output.from_input("b").apply(int)

    with pytest.raises(PlanError):
        recorded(program)
    assert capfd.readouterr() == ("", "")


def test_a_resource_stands_after_everything_that_it_needs(recorded: Recorder) -> None:
    layer = recorded(everything)
    seen: set[str] = set()
    for found in layer.resources:
        assert {*found.dependencies, found.parent, found.provider} - {""} <= seen
        seen.add(found.urn)


def test_a_plan_is_the_same_whatever_the_hash_seed_and_the_patches() -> None:
    code = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('shared', {__file__!r})\n"
        "module = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(module)\n"
        "layer = module.record(module.everything, layer='foundation', project='acme',"
        " stack='dev', root_directory='.')\n"
        "sys.stdout.write(module.text(layer))\n"
    )
    plans = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "STACKWRIGHT_PLAN_PATCHES": switch},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed, switch in (("1", "on"), ("2", "off"))
    }
    assert len(plans) == 1
    assert BUCKET.removesuffix("data") in plans.pop()
