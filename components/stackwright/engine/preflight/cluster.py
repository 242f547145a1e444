"""Opens the cluster: the way to its API server, and the first answer."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from stackwright.cluster_access import ClusterAccess, EksCluster, KubeconfigContext
from stackwright.engine.api_server.client import ApiServer, document
from stackwright.engine.api_server.explain import refused
from stackwright.engine.api_server.faults import ApiFault, Fault
from stackwright.engine.api_server.kubeconfig import (
    Connection,
    connection_of,
    read_connection,
)
from stackwright.engine.preflight.result import State, Unanswered
from stackwright.engine.preflight.worlds import Worlds
from stackwright.errors import MissingExtra


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that answers and knows its caller."""

    api: ApiServer
    version: str
    """As the server tells it, such as `v1.35.4`."""
    skew: float | None
    """Seconds that the clock of this machine is ahead of the server's; None when not told."""


def open_cluster(access: ClusterAccess, worlds: Worlds) -> Cluster:
    """Return the cluster.

    Raises:
        Unanswered: It is not there yet (skipped), or it does not answer or know the caller
            (failed), or urllib3 is not installed (unknown).
    """
    if importlib.util.find_spec("urllib3") is None:
        raise Unanswered(State.UNKNOWN, str(MissingExtra("urllib3", "kubernetes")))
    try:
        api = ApiServer(connection(access, worlds))
        return _opened(api)
    except ApiFault as fault:
        raise Unanswered(State.FAILED, str(fault), fault.mend or _mend(access)) from fault


def connection(access: ClusterAccess, worlds: Worlds) -> Connection:
    """Return how the API server is asked.

    Raises:
        ApiFault: The kubeconfig does not tell.
        Unanswered: A cluster of EKS is not there yet.
    """
    if isinstance(access, KubeconfigContext):
        return read_connection(access)
    return _of_eks(access, worlds)


def unanswered(fault: ApiFault) -> Unanswered:
    """Return what a fault means for a check of a cluster that has answered before."""
    return Unanswered(State.UNKNOWN, str(fault), fault.mend)


def _opened(api: ApiServer) -> Cluster:
    answer = api.ask("/version")
    if answer.status != 200:
        raise refused(answer.status, answer.body, "/version", api.server)
    version = str(document(answer, api.server).get("gitVersion", ""))
    skew = (datetime.now(UTC) - answer.date).total_seconds() if answer.date else None
    if not version:
        raise ApiFault(Fault.NO_KUBERNETES, f"what answers at {api.server} is no API server.")
    _known(api)
    return Cluster(api, version, skew)


def _known(api: ApiServer) -> None:
    """Refuse a caller that the server takes for nobody: the version is told to everybody."""
    answer = api.ask("/api/v1/namespaces/kube-system")
    anonymous = b'"system:anonymous"' in answer.body.replace(b'\\"', b'"')
    if answer.status == 401 or (answer.status == 403 and anonymous):
        raise refused(401, answer.body, "/api/v1/namespaces/kube-system", api.server)


def _of_eks(access: EksCluster, worlds: Worlds) -> Connection:
    account = worlds.account()
    answer = account.find("eks", "describe_cluster", name=access.name)
    if answer is None:
        raise Unanswered(State.SKIPPED, f"the cluster {access.name} is not there yet.")
    found = answer["cluster"]
    if found["status"] in ("CREATING", "DELETING", "FAILED"):
        raise Unanswered(
            State.FAILED,
            f"the cluster {access.name} is {found['status'].lower()}.",
            f"aws eks wait cluster-active --name {access.name} --region {access.region}",
        )
    cluster = {
        "server": found["endpoint"],
        "certificate-authority-data": found["certificateAuthority"]["data"],
    }
    connection = connection_of(cluster, "", {}, "")
    return replace(connection, token_source=lambda: account.token(access.name))


def _mend(access: ClusterAccess) -> str:
    if isinstance(access, EksCluster):
        update = f"aws eks update-kubeconfig --name {access.name} --region {access.region}"
        return f"{update} && kubectl get --raw /version"
    return f"kubectl --context {access.context} get --raw /version"
