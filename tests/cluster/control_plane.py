"""A Kubernetes control plane on loopback; fake nodes of kwok run its pods."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from tests.cluster.client import Client
from tests.cluster.programs import Programs
from tests.servers.process import answers, eventually, free_port, running

CONTEXT = "control-plane"
"""The context of the kubeconfig file."""

STAGES = Path(__file__).parent / "stages.yaml"

ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")

CAPACITY = {"cpu": "256", "memory": "4Ti", "pods": "500", "nvidia.com/gpu": "64"}

STORAGE_CLASS = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {
        "name": "standard",
        "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
    },
    "provisioner": "kwok.x-k8s.io/volume",
}

_CERTIFICATES, _KUBECONFIG = "certificates", "kubeconfig"

_CERTIFICATE = f"{_CERTIFICATES}/apiserver.crt"

_KEY = f"{_CERTIFICATES}/apiserver.key"
"""The server makes it for its certificate before it reads the keys of service accounts."""

_WITHIN = 120.0
"""Seconds that each program has to become ready: four are, when the machine is quiet."""


@dataclass(frozen=True)
class ControlPlane:
    """A running control plane."""

    url: str
    token: str = field(repr=False)
    """Of a member of `system:masters`."""
    certificate: str
    """File of the certificate that the API server shows."""
    kubeconfig: str
    """File for clients, with the context `CONTEXT` as the current one."""
    absent: tuple[str, ...]
    """Programs that do not run, by their names in `Programs`."""

    @cached_property
    def client(self) -> Client:
        return Client(self.url, self.token, Path(self.certificate))

    def run_pods(self) -> None:
        """Skip the test by name where pods cannot become ready."""
        if self.absent:
            pytest.skip(f"no pod runs on this control plane: it has no {', '.join(self.absent)}")


@contextmanager
def control_plane(folder: Path, programs: Programs) -> Iterator[ControlPlane]:
    """Run a control plane until the block ends.

    Args:
        folder: Where it runs, logs and keeps its data; the caller removes it.
        programs: What it is made of.
    """
    with ExitStack() as stack:
        database = stack.enter_context(_etcd(folder, programs.etcd))
        found = stack.enter_context(_api_server(folder, programs, database))
        for program, arguments in _controllers(folder, programs):
            stack.enter_context(_running(program, arguments, folder))
        _furnish(found)
        yield found


@contextmanager
def _etcd(folder: Path, program: Path) -> Iterator[str]:
    """Run the database; yield its URL."""
    clients, peers = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    arguments: list[str | Path] = [
        *("--data-dir", folder / "etcd", "--unsafe-no-fsync", "--log-level", "warn"),
        *("--listen-client-urls", clients, "--advertise-client-urls", clients),
        *("--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers),
        *("--initial-cluster", f"default={peers}"),
    ]
    with _running(program, arguments, folder, lambda: answers(f"{clients}/health")):
        yield clients


@contextmanager
def _api_server(folder: Path, programs: Programs, database: str) -> Iterator[ControlPlane]:
    """Run the API server; yield how it is reached."""
    port, token = free_port(), secrets.token_hex(16)
    tokens, certificates = folder / "tokens.csv", folder / _CERTIFICATES
    _write_private(tokens, f"{token},administrator,administrator,system:masters\n")
    found = ControlPlane(
        url=f"https://127.0.0.1:{port}",
        token=token,
        certificate=str(folder / _CERTIFICATE),
        kubeconfig=str(folder / _KUBECONFIG),
        absent=programs.absent(),
    )
    arguments: list[str | Path] = [
        *("--etcd-servers", database, "--cert-dir", certificates),
        *("--bind-address", "127.0.0.1", "--secure-port", str(port)),
        # Endpoints may not be on loopback: this address of the documentation is never used.
        *("--advertise-address", "192.0.2.1", "--endpoint-reconciler-type", "none"),
        *("--token-auth-file", tokens, "--authorization-mode", "RBAC"),
        *("--service-account-issuer", "https://kubernetes.default.svc"),
        *("--service-account-key-file", folder / _KEY),
        *("--service-account-signing-key-file", folder / _KEY),
        *("--service-cluster-ip-range", "10.96.0.0/16", "--allow-privileged"),
    ]
    with _running(programs.api_server, arguments, folder, lambda: _is_ready(found)):
        _write_private(Path(found.kubeconfig), json.dumps(_kubeconfig(found)))
        yield found


def _controllers(folder: Path, programs: Programs) -> Iterator[tuple[Path, list[str | Path]]]:
    """Yield program and arguments of each controller: they are reached through the API alone."""
    kubeconfig = ("--kubeconfig", folder / _KUBECONFIG)
    alone = ("--leader-elect=false", "--secure-port", "0")
    rate = ("--kube-api-qps", "500", "--kube-api-burst", "1000")
    if programs.controller_manager:
        keys = (
            *("--root-ca-file", folder / _CERTIFICATE),
            *("--service-account-private-key-file", folder / _KEY),
        )
        behaviour = (
            "--use-service-account-credentials",
            *("--horizontal-pod-autoscaler-sync-period", "1s"),
        )
        yield programs.controller_manager, [*kubeconfig, *alone, *rate, *keys, *behaviour]
    if programs.scheduler:
        yield programs.scheduler, [*kubeconfig, *alone, *rate]
    if programs.kwok:
        addresses = ("--cidr", "10.64.0.0/16", "--node-ip", "192.0.2.2")
        leases = ("--manage-all-nodes", "--node-lease-duration-seconds", "40")
        yield programs.kwok, [*kubeconfig, "--config", STAGES, *addresses, *leases]


@contextmanager
def _running(
    program: Path,
    arguments: Sequence[str | Path],
    folder: Path,
    ready: Callable[[], bool] = lambda: True,
) -> Iterator[None]:
    """Run a program that sees nothing of the person who runs the tests: no proxy, no key."""
    with running(
        program.name,
        [*_tied(), program, *arguments],
        folder=folder,
        environment={"PATH": os.defpath, "HOME": str(folder)},
        ready=lambda _: ready(),
        # Nothing is kept, so there is no reason to wait for a good end.
        stop_by=signal.SIGKILL,
        within=_WITHIN,
    ):
        yield


def _furnish(found: ControlPlane) -> None:
    """Add nodes and a storage class, and wait for what the controllers make."""
    for wanted in (STORAGE_CLASS, *(_node(zone) for zone in ZONES)):
        answer = found.client.create(wanted)
        assert answer.succeeded, answer.message
    if not found.absent:
        eventually(lambda: _has_nodes(found.client), "the nodes are not ready", _WITHIN)
        eventually(lambda: _has_account(found.client), "no service account is made", _WITHIN)


def _node(zone: str) -> dict[str, Any]:
    name = f"node-{zone}"
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/region": zone[:-1],
        "topology.kubernetes.io/zone": zone,
        "node.kubernetes.io/instance-type": "m7i.xlarge",
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "status": {"capacity": CAPACITY, "allocatable": CAPACITY},
    }


def _has_nodes(client: Client) -> bool:
    """Return whether every node takes pods: a new one has a taint until its lease is seen."""
    nodes = client.items("/api/v1/nodes")
    return all(_is_true(node, "Ready") and "taints" not in node["spec"] for node in nodes)


def _has_account(client: Client) -> bool:
    path = "/api/v1/namespaces/default/serviceaccounts/default"
    return client.request("GET", path).succeeded


def _is_true(item: dict[str, Any], condition: str) -> bool:
    conditions = item["status"].get("conditions", ())
    return any(each["type"] == condition and each["status"] == "True" for each in conditions)


def _is_ready(found: ControlPlane) -> bool:
    if not Path(found.certificate).is_file():
        return False
    try:
        return found.client.request("GET", "/readyz").succeeded
    except OSError:
        return False


def _kubeconfig(found: ControlPlane) -> dict[str, Any]:
    """Return a kubeconfig file; JSON is YAML."""
    cluster = {"server": found.url, "certificate-authority": found.certificate}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": CONTEXT, "cluster": cluster}],
        "users": [{"name": "administrator", "user": {"token": found.token}}],
        "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": "administrator"}}],
        "current-context": CONTEXT,
    }


def _tied() -> tuple[str, ...]:
    """Return a prefix that ends a command when its parent is killed, where there is one."""
    found = shutil.which("setpriv")
    return (found, "--pdeathsig", "KILL") if found else ()


def _write_private(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")
