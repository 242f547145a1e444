"""The programs of a control plane: given by `KUBEBUILDER_ASSETS`, or built from their modules."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
from tests.servers.programs import missing

ASSETS = "KUBEBUILDER_ASSETS"
"""The variable that names a folder of programs to use for the default version."""

DEFAULT, NEWEST = "1.35", "1.36"
"""Versions of Kubernetes: of the everyday tests, and of the slow ones."""

MODULES = Path(__file__).parent / "modules"

BUILT = Path(sys.prefix) / "control-plane"
"""Where `scripts/build-control-plane` puts programs, in the environment that runs the tests."""


@dataclass(frozen=True, slots=True)
class Programs:
    """One set of programs; None stands for one that a given folder does not have."""

    etcd: Path
    api_server: Path
    controller_manager: Path | None = None
    scheduler: Path | None = None
    kwok: Path | None = None

    def absent(self) -> tuple[str, ...]:
        """Return the names of the programs that this set lacks."""
        return tuple(field.name for field in fields(self) if getattr(self, field.name) is None)


def programs(version: str) -> Programs:
    """Return the programs for a version of Kubernetes; without them, skip the test by name."""
    folder = os.environ.get(ASSETS)
    return _given(Path(folder)) if folder and version == DEFAULT else _built(version)


def _given(folder: Path) -> Programs:
    etcd, api_server, *others = (
        found if (found := folder / name).is_file() else None
        for name in (
            "etcd",
            "kube-apiserver",
            "kube-controller-manager",
            "kube-scheduler",
            "kwok",
        )
    )
    if etcd is None or api_server is None:
        pytest.fail(f"{ASSETS} is {folder}, where etcd and kube-apiserver are not both")
    return Programs(etcd, api_server, *others)


def _built(version: str) -> Programs:
    kubernetes = _module(f"kubernetes-{version}")
    return Programs(
        etcd=_module("etcd") / "etcd",
        api_server=kubernetes / "kube-apiserver",
        controller_manager=kubernetes / "kube-controller-manager",
        scheduler=kubernetes / "kube-scheduler",
        kwok=_module("kwok") / "kwok",
    )


def _module(name: str) -> Path:
    """Return the folder of what was built from a module as it is now."""
    if all(_same(BUILT / name / file, MODULES / name / file) for file in ("go.mod", "go.sum")):
        return BUILT / name
    if shutil.which("go") is None:
        pytest.skip(f"{name}, a part of the control plane, is not here, nor is Go to build it")
    return missing(f"{name}, a part of the control plane,")


def _same(built: Path, wanted: Path) -> bool:
    return built.is_file() and built.read_bytes() == wanted.read_bytes()
