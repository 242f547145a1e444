"""A stand-in provider runs in a process of its own, and can die as providers do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import grpc  # type: ignore[import-untyped]  # it ships no types
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc
from tests.engine.providers import control_file, journal_file, stand_in
from tests.engine.stand_in.control import Control, Effect, Fault
from tests.engine.stand_in.journal import entries
from tests.engine.workspace import ROOT
from tests.servers.process import eventually
from tests.servers.test_process import is_alive

SERVER = f"{sys.executable} -m tests.engine.stand_in.server kubernetes"

URN = "urn:pulumi:dev::acme::kubernetes:core/v1:ConfigMap::one"


def test_a_planned_crash_ends_the_provider_in_the_middle_of_a_call(tmp_path: Path) -> None:
    Control(faults=[Fault("Create", effect=Effect.CRASH)]).write(
        control_file(tmp_path, "kubernetes")
    )
    with stand_in("kubernetes", tmp_path) as port:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            with pytest.raises(grpc.RpcError) as raised:
                stub.Create(provider_pb2.CreateRequest(urn=URN))
        assert raised.value.code() is grpc.StatusCode.UNAVAILABLE
    begun = list(entries(journal_file(tmp_path, "kubernetes")))
    assert [(entry.method, entry.moment) for entry in begun] == [("Create", "begin")]


def test_a_provider_ends_when_who_started_it_is_gone() -> None:
    with subprocess.Popen(
        ["sh", "-c", f"{SERVER} & echo $!; cat"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as starter:
        assert starter.stdout is not None
        provider, port = int(starter.stdout.readline()), starter.stdout.readline()
        assert is_alive(provider)
        assert int(port)
        starter.kill()
    eventually(lambda: not is_alive(provider), "the provider stays")
