from __future__ import annotations

from enum import Enum
from typing import Any

import pulumi
import pytest
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto.resource_pb2 import RegisterResourceRequest

from stackwright.plan import values
from stackwright.plan.graph import symbol
from stackwright.plan.returned import Returned

URN = "urn:pulumi:dev::acme::acme:index:Record::one"


class Color(Enum):
    RED = "red"


class Record(pulumi.CustomResource):
    address: pulumi.Output[str | None]
    color: pulumi.Output[Color]
    ports: pulumi.Output[list[int]]
    size: pulumi.Output[int]


def response(inputs: dict[str, Any], secret: tuple[str, ...] = ()) -> dict[str, Any]:
    request = RegisterResourceRequest(
        type="acme:index:Record", name="one", custom=True, additionalSecretOutputs=secret
    )
    request.object.update(inputs)
    result = Returned().response(request, URN, Record)
    assert result.id == symbol(URN, "id")
    marked = {
        name: list(dependencies.urns) for name, dependencies in result.propertyDependencies.items()
    }
    assert all(urns == [values.marker(URN, name)] for name, urns in marked.items())
    return {"values": MessageToDict(result.object), "unknown": sorted(marked)}


def test_text_is_a_symbol_and_the_rest_is_marked_as_unknown() -> None:
    assert response({}) == {
        "values": {"address": symbol(URN, "address")},
        "unknown": ["color", "ports", "size"],
    }


def test_what_was_given_is_returned() -> None:
    given = {"address": "here", "color": "red", "ports": [1.0], "size": 3.0}
    assert response(given) == {"values": given, "unknown": []}


def test_an_empty_text_was_given() -> None:
    assert response({"address": ""})["values"] == {"address": ""}


@pytest.mark.parametrize(
    "given",
    [{"color": symbol("urn:other", "color")}, {"ports": {"a": 1}}, {"size": {"a": 1}}],
)
def test_what_the_sdk_could_not_read_is_unknown(given: dict[str, Any]) -> None:
    assert response(given) == response({})


def test_a_secret_output_is_secret_whether_given_or_not() -> None:
    expected = {values.SIGNATURE: values.SECRET, "value": symbol(URN, "address")}
    assert response({}, ("address",))["values"]["address"] == expected
    assert response({"address": "canary"}, ("address",))["values"]["address"] == expected


@pulumi.output_type
class Address(dict[str, Any]):
    @property
    @pulumi.getter
    def host(self) -> str | None:
        found: str | None = pulumi.get(self, "host")
        return found

    @property
    @pulumi.getter(name="securityGroup")
    def security_group(self) -> str | None:
        found: str | None = pulumi.get(self, "security_group")
        return found

    @property
    @pulumi.getter
    def port(self) -> int | None:
        found: int | None = pulumi.get(self, "port")
        return found


class Server(pulumi.CustomResource):
    address: pulumi.Output[Address]


def test_text_that_a_provider_computes_inside_a_given_object_is_a_symbol() -> None:
    request = RegisterResourceRequest(type="acme:index:Server", name="one", custom=True)
    request.object.update({"address": {"host": "here"}})
    result = Returned().response(request, URN, Server)
    assert MessageToDict(result.object)["address"] == {
        "host": "here",
        "securityGroup": symbol(URN, "address.securityGroup"),
    }
