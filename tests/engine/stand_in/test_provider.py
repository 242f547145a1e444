"""The stand-in provider keeps the promises of a provider's protocol, asked as the engine asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]  # it ships no types
import pytest
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc
from pulumi.runtime.rpc import UNKNOWN
from tests.engine.stand_in.control import (
    Control,
    Drift,
    Effect,
    Fault,
    Moment,
    broken,
    conflicting,
    throttled,
    timed_out,
)
from tests.engine.stand_in.journal import alive, entries
from tests.engine.stand_in.server import serve
from tests.servers.process import eventually

KEY, ALIAS = "aws:kms/key:Key", "aws:kms/alias:Alias"
CONFIG = "kubernetes:core/v1:ConfigMap"


class Asking:
    """Asks a provider over its socket."""

    def __init__(self, channel: Any, folder: Path) -> None:
        self.stub = provider_pb2_grpc.ResourceProviderStub(channel)
        self.control, self.journal = folder / "control.json", folder / "journal.jsonl"

    def create(self, type_: str, name: str, preview: bool = False, **inputs: Any) -> Any:
        request = provider_pb2.CreateRequest(
            urn=urn(type_, name), properties=struct(inputs), preview=preview
        )
        return self.stub.Create(request)

    def difference(self, type_: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Any:
        request = provider_pb2.DiffRequest(
            urn=urn(type_, "one"), old_inputs=struct(old), news=struct(new)
        )
        return self.stub.Diff(request)

    def read(self, type_: str, name: str, **properties: Any) -> Any:
        request = provider_pb2.ReadRequest(
            id=name, urn=urn(type_, name), properties=struct(properties), inputs=struct({})
        )
        return self.stub.Read(request)

    def delete(self, type_: str, name: str, identity: str) -> None:
        self.stub.Delete(provider_pb2.DeleteRequest(id=identity, urn=urn(type_, name)))

    def check(self, type_: str, name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Any:
        request = provider_pb2.CheckRequest(
            urn=urn(type_, name), olds=struct(old), news=struct(new)
        )
        return plain(self.stub.Check(request).inputs)


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:dev::acme::acme:index:Tool${type_}::{name}"


def struct(value: Mapping[str, Any]) -> Struct:
    return ParseDict(dict(value), Struct())


def plain(message: Struct) -> dict[str, Any]:
    found: dict[str, Any] = MessageToDict(message)
    return found


@contextmanager
def asking(package: str, folder: Path) -> Iterator[Asking]:
    server, port = serve(package, folder / "control.json", folder / "journal.jsonl")
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield Asking(channel, folder)
    server.stop(None).wait()


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[Asking]:
    with asking("aws", tmp_path) as found:
        yield found


@pytest.fixture
def kubernetes(tmp_path: Path) -> Iterator[Asking]:
    with asking("kubernetes", tmp_path) as found:
        yield found


def test_inputs_come_back_as_outputs(aws: Asking) -> None:
    made = plain(aws.create(KEY, "one", description="of a test").properties)
    assert made["description"] == "of a test"


def test_every_output_that_is_not_optional_is_there(aws: Asking) -> None:
    made = plain(aws.create(KEY, "one").properties)
    assert {"arn", "description", "keyId", "multiRegion", "policy", "tagsAll"} <= made.keys()
    assert "bypassPolicyLockoutSafetyCheck" not in made


def test_each_creation_makes_another_id_and_other_outputs(aws: Asking) -> None:
    first, second = aws.create(KEY, "one"), aws.create(KEY, "one")
    assert first.id != second.id
    assert plain(first.properties)["keyId"] != plain(second.properties)["keyId"]


def test_in_a_preview_only_what_was_given_is_known(aws: Asking) -> None:
    answer = aws.create(KEY, "one", preview=True, description="of a test")
    made = plain(answer.properties)
    assert (answer.id, made["description"], made["keyId"]) == ("", "of a test", UNKNOWN)


def test_what_is_computed_inside_a_given_object_is_there(aws: Asking) -> None:
    made = plain(
        aws.create("aws:eks/cluster:Cluster", "one", vpcConfig={"subnetIds": ["a"]}).properties
    )
    assert made["vpcConfig"]["subnetIds"] == ["a"]
    assert made["vpcConfig"]["clusterSecurityGroupId"]
    assert made["identities"][0]["oidcs"][0]["issuer"]


def test_a_test_can_say_what_an_output_is(aws: Asking) -> None:
    Control(outputs={KEY: {"keyId": "chosen"}}).write(aws.control)
    assert plain(aws.create(KEY, "one").properties)["keyId"] == "chosen"


def test_equal_inputs_are_no_difference(aws: Asking) -> None:
    answer = aws.difference(KEY, {"description": "a"}, {"description": "a"})
    assert answer.changes == provider_pb2.DiffResponse.DIFF_NONE


def test_a_difference_replaces_where_the_facts_say_so(aws: Asking) -> None:
    update = aws.difference(ALIAS, {"targetKeyId": "a"}, {"targetKeyId": "b"})
    assert (list(update.diffs), list(update.replaces)) == (["targetKeyId"], [])
    replacement = aws.difference(ALIAS, {"name": "alias/a"}, {"name": "alias/b"})
    assert (list(replacement.diffs), list(replacement.replaces)) == (["name"], ["name"])


def test_a_read_says_what_the_state_says_until_there_is_drift(aws: Asking) -> None:
    assert plain(aws.read(KEY, "one", description="a").properties) == {"description": "a"}
    Control(drifts=[Drift(urn="*::one", changes={"description": "by hand"})]).write(aws.control)
    assert plain(aws.read(KEY, "one", description="a").properties) == {"description": "by hand"}
    Control(drifts=[Drift(urn="*::one", gone=True)]).write(aws.control)
    assert aws.read(KEY, "one", description="a").id == ""


def test_a_lookup_is_refused(aws: Asking) -> None:
    with pytest.raises(grpc.RpcError, match="looks something up"):
        aws.stub.Invoke(provider_pb2.InvokeRequest(tok="aws:index/getRegion:getRegion"))


def test_a_kubernetes_object_without_a_name_gets_one_and_keeps_it(kubernetes: Asking) -> None:
    first = kubernetes.check(CONFIG, "one", {}, {"metadata": {"namespace": "a"}})
    name = first["metadata"]["name"]
    assert name.startswith("one-")
    again = kubernetes.check(CONFIG, "one", first, {"metadata": {"namespace": "a"}})
    assert again == first


def test_the_id_of_a_kubernetes_object_is_its_namespace_and_name(kubernetes: Asking) -> None:
    answer = kubernetes.create(CONFIG, "one", metadata={"name": "b", "namespace": "a"})
    assert answer.id == "a/b"


def test_another_way_into_the_same_cluster_replaces_nothing(kubernetes: Asking) -> None:
    def replaced(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
        request = provider_pb2.DiffRequest(old_inputs=struct(old), news=struct(new))
        return list(kubernetes.stub.DiffConfig(request).replaces)

    here = {"clusterIdentifier": "1", "kubeconfig": "a"}
    assert replaced(here, {**here, "kubeconfig": "b"}) == []
    assert replaced(here, {**here, "clusterIdentifier": "2"}) == ["clusterIdentifier"]
    assert replaced({"kubeconfig": "a"}, {"kubeconfig": "b"}) == ["kubeconfig"]


def test_the_journal_says_what_is_alive(aws: Asking) -> None:
    first = aws.create(KEY, "one").id
    second = aws.create(KEY, "one").id
    aws.create(KEY, "two", preview=True)
    aws.delete(KEY, "one", first)
    assert alive(aws.journal) == {urn(KEY, "one"): [second]}


def test_a_fault_strikes_the_planned_call_and_no_other(aws: Asking) -> None:
    Control(faults=[Fault("Create", urn="*::two", nth=2, message="planned")]).write(aws.control)
    aws.create(KEY, "one")
    aws.create(KEY, "two")
    with pytest.raises(grpc.RpcError, match="planned"):
        aws.create(KEY, "two")
    aws.create(KEY, "two")
    assert {name: len(ids) for name, ids in alive(aws.journal).items()} == {
        urn(KEY, "one"): 1,
        urn(KEY, "two"): 2,
    }


def test_a_fault_may_last(aws: Asking) -> None:
    Control(faults=[Fault("Create", times=None)]).write(aws.control)
    for _ in range(3):
        with pytest.raises(grpc.RpcError):
            aws.create(KEY, "one")


def test_a_fault_may_strike_when_the_work_is_done(aws: Asking) -> None:
    Control(faults=[Fault("Create", moment=Moment.AFTER)]).write(aws.control)
    with pytest.raises(grpc.RpcError):
        aws.create(KEY, "one")
    assert len(alive(aws.journal)[urn(KEY, "one")]) == 1


def test_a_hanging_call_has_begun_and_not_ended(aws: Asking) -> None:
    hang = Fault("Create", effect=Effect.HANG, seconds=1)
    Control(faults=[hang]).write(aws.control)
    waiting = aws.stub.Create.future(provider_pb2.CreateRequest(urn=urn(KEY, "one")))
    eventually(lambda: any(entries(aws.journal)), "the call has not begun")
    assert [entry.moment for entry in entries(aws.journal)] == ["begin"]
    waiting.result()
    assert [entry.moment for entry in entries(aws.journal)] == ["begin", "end"]


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (throttled, "UNKNOWN", "429"),
        (broken, "UNKNOWN", "500"),
        (conflicting, "UNKNOWN", "409"),
        (timed_out, "DEADLINE_EXCEEDED", "timeout"),
    ],
)
def test_the_usual_answers_of_a_cloud_in_trouble_are_at_hand(
    answer: Callable[[str], Fault], code: str, words: str, aws: Asking
) -> None:
    Control(faults=[answer("Create")]).write(aws.control)
    with pytest.raises(grpc.RpcError, match=words) as raised:
        aws.create(KEY, "one")
    assert raised.value.code().name == code


def test_the_provider_says_the_version_that_programs_ask_for(aws: Asking) -> None:
    assert aws.stub.GetPluginInfo(Empty()).version
