from __future__ import annotations

import base64
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackwright.cluster_access import KubeconfigContext
from stackwright.engine.api_server.faults import ApiFault, Fault
from stackwright.engine.api_server.kubeconfig import (
    DEFAULT,
    VARIABLE,
    Connection,
    Material,
    Program,
    connection_of,
    read_connection,
)

TOKEN = "canary-of-a-token"


def kubeconfig(
    *, context: str = "prod", user: Any = None, cluster: Any = None, **more: Any
) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": f"{context}-c", "cluster": cluster or {"server": "https://a:6443/"}}],
        "users": [{"name": f"{context}-u", "user": user or {"token": TOKEN}}],
        "contexts": [
            {"name": context, "context": {"cluster": f"{context}-c", "user": f"{context}-u"}}
        ],
        **more,
    }


def read(folder: Path, content: Any, context: str = "prod") -> Connection:
    file = folder / "config"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return read_connection(KubeconfigContext(context=context, kubeconfig=str(file)))


def fault_of(folder: Path, content: Any, context: str = "prod") -> ApiFault:
    with pytest.raises(ApiFault) as caught:
        read(folder, content, context)
    assert TOKEN not in str(caught.value)
    assert caught.value.fault is Fault.KUBECONFIG
    return caught.value


def test_a_context_stands_for_its_cluster_and_user(tmp_path: Path) -> None:
    found = read(tmp_path, kubeconfig())
    assert (found.server, found.token.read()) == ("https://a:6443", TOKEN.encode())


def test_every_key_of_a_cluster_and_user_is_read(tmp_path: Path) -> None:
    pem = base64.b64encode(b"pem").decode()
    cluster = {
        "server": "https://a",
        "certificate-authority-data": pem,
        "insecure-skip-tls-verify": True,
        "tls-server-name": "b",
        "proxy-url": "http://c",
    }
    user = {
        "client-certificate-data": pem,
        "client-key-data": pem,
        "username": "d",
        "password": "e",
    }
    assert read(tmp_path, kubeconfig(cluster=cluster, user=user)) == Connection(
        server="https://a",
        authority=Material(b"pem"),
        insecure=True,
        server_name="b",
        proxy="http://c",
        certificate=Material(b"pem"),
        key=Material(b"pem"),
        user="d",
        password="e",
    )


def test_relative_files_are_beside_the_kubeconfig(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    found = read(tmp_path, kubeconfig(user={"tokenFile": "token", "token": "other"}))
    assert found.token.read() == TOKEN.encode()


def test_a_program_is_read_with_its_arguments(tmp_path: Path) -> None:
    program = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "aws",
        "args": ["eks", "get-token"],
        "env": [{"name": "AWS_PROFILE", "value": "prod"}],
        "installHint": "install it\n",
    }
    assert read(tmp_path, kubeconfig(user={"exec": program})).program == Program(
        command=("aws", "eks", "get-token"),
        environment={"AWS_PROFILE": "prod"},
        api_version="client.authentication.k8s.io/v1",
        folder=str(tmp_path.resolve()),
        hint="install it",
    )


def test_of_several_files_the_first_with_a_name_counts(tmp_path: Path) -> None:
    servers = ("https://first", "https://second")
    for number, server in enumerate(servers):
        content = kubeconfig(context="same", cluster={"server": server})
        (tmp_path / f"{number}").write_text(json.dumps(content))
    (tmp_path / "2").write_text(json.dumps(kubeconfig(context="other")))
    paths = os.pathsep.join(str(tmp_path / name) for name in ("absent", "0", "1", "2"))
    access = KubeconfigContext(context="same", kubeconfig=paths)
    assert read_connection(access).server == "https://first"
    other = KubeconfigContext(context="other", kubeconfig=paths)
    assert read_connection(other).server == "https://a:6443"


def test_the_variable_names_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").write_text(json.dumps(kubeconfig()))
    monkeypatch.setenv(VARIABLE, str(tmp_path / "mine"))
    assert read_connection(KubeconfigContext(context="prod")).server == "https://a:6443"


def test_without_the_variable_the_default_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    file = Path(DEFAULT).expanduser()
    with pytest.raises(ApiFault, match="is not there") as caught:
        read_connection(KubeconfigContext(context="prod"))
    assert caught.value.mend == "export KUBECONFIG=<the path of your kubeconfig>"
    file.parent.mkdir()
    file.write_text(json.dumps(kubeconfig()))
    assert read_connection(KubeconfigContext(context="prod")).server == "https://a:6443"


def test_a_wrong_context_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    fault = fault_of(tmp_path, kubeconfig(), context="production")
    assert str(fault) == "the kubeconfig has no context production; it has prod."
    assert fault.mend == "kubectl config get-contexts -o name"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a: [", "is no YAML"),
        ("- a", "is no kubeconfig"),
        ("", "it has none"),
        ({"contexts": {"a": 1}}, "it has none"),
        ({"contexts": ["a", {"name": "prod"}]}, "no context prod"),
        (kubeconfig(clusters=[]), "cluster 'prod-c' is not among clusters"),
        (kubeconfig(users=None), "user 'prod-u' is not among users"),
        (kubeconfig(cluster={"a": 1}), "names no server"),
        (
            kubeconfig(user={"client-key-data": TOKEN}),
            "client-key-data of the kubeconfig is no base64",
        ),
    ],
)
def test_what_is_wrong_is_told_without_showing_a_secret(
    content: Any, words: str, tmp_path: Path
) -> None:
    assert words in str(fault_of(tmp_path, content))


def test_a_file_that_the_kubeconfig_names_and_that_is_gone_is_told(tmp_path: Path) -> None:
    found = read(tmp_path, kubeconfig(user={"tokenFile": "gone"}))
    with pytest.raises(ApiFault, match="gone, which the kubeconfig names, cannot be read"):
        found.token.read()


KEYS = st.sampled_from(
    ["exec", "token", "tokenFile", "client-key-data", "username", "command", "env", "args"]
)
VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda v: st.lists(v, max_size=2) | st.dictionaries(KEYS, v, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_no_shape_of_a_user_ends_in_a_traceback(user: dict[str, Any]) -> None:
    with suppress(ApiFault):
        connection_of({"server": "https://a"}, "", user, "").token.read()
