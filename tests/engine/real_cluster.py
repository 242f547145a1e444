"""The real Kubernetes provider and a real control plane, where both are here."""

from __future__ import annotations

import base64
import json
import os
import shlex
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.cluster.control_plane import ControlPlane
from tests.engine.stand_in.control import Control
from tests.engine.stand_in.provider import version
from tests.engine.workspace import CONTEXT

_EXECUTABLE_BY_ME = stat.S_IRUSR | stat.S_IWUSR | stat.S_IXUSR


def require_kubernetes_plugin() -> Path:
    """Return the folder of the installed Kubernetes provider; skip where there is none."""
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    name = f"resource-kubernetes-v{version('kubernetes')}"
    folder = home / "plugins" / name
    if not (folder / "pulumi-resource-kubernetes").is_file():
        pytest.skip(f"the plugin {name} is not installed in {home / 'plugins'}")
    return folder


@dataclass(frozen=True)
class RealCluster:
    """A control plane as a deployment reaches it: through EKS, or as an existing cluster."""

    found: ControlPlane
    folder: Path
    """Where its files for clients are written."""

    def outputs(self) -> Control:
        """Return what AWS must say of an EKS cluster so that it is this one."""
        authority = base64.b64encode(Path(self.found.certificate).read_bytes()).decode()
        way_in = {"endpoint": self.found.url, "certificateAuthority": {"data": authority}}
        return Control(outputs={"aws:eks/cluster:Cluster": way_in})

    def variables(self) -> Mapping[str, str]:
        """Return the variables of a person who reaches the cluster."""
        bins = self.folder / "bin"
        bins.mkdir()
        self._token_command(bins / "aws")
        paths = (str(bins), str(Path(sys.executable).parent), os.environ["PATH"])
        return {"PATH": os.pathsep.join(paths), "HOME": str(self._home())}

    def _token_command(self, path: Path) -> None:
        """Write a command `aws` that answers `aws eks get-token` with the token of the cluster."""
        credential = {
            "apiVersion": "client.authentication.k8s.io/v1",
            "kind": "ExecCredential",
            "status": {"token": self.found.token},
        }
        path.touch(mode=_EXECUTABLE_BY_ME)
        path.write_text(f"#!/bin/sh\necho {shlex.quote(json.dumps(credential))}\n")

    def _home(self) -> Path:
        """Return a home whose kubeconfig has the context that the copied examples name.

        The variable KUBECONFIG would be an input of the provider, which no plan can know.
        """
        config = json.loads(Path(self.found.kubeconfig).read_text(encoding="utf-8"))
        config["contexts"][0]["name"] = config["current-context"] = CONTEXT
        path = self.folder / "person" / ".kube" / "config"
        path.parent.mkdir(parents=True)
        path.touch(mode=stat.S_IRUSR | stat.S_IWUSR)
        path.write_text(json.dumps(config), encoding="utf-8")
        return self.folder / "person"


def install_plugin(plugin: Path, home: Path) -> None:
    """Make a plugin known to an engine with another home, which takes no links for folders."""
    folder = home / "plugins" / plugin.name
    folder.mkdir(parents=True)
    for file in plugin.iterdir():
        (folder / file.name).symlink_to(file)
