"""The programs of a control plane are found where they were built or given, or named as missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.cluster import programs as module
from tests.cluster.programs import ASSETS, DEFAULT, MODULES, NEWEST, Programs, programs
from tests.servers.programs import REQUIRED

VERSIONS = pytest.mark.parametrize("version", [DEFAULT, NEWEST])


@pytest.fixture(autouse=True)
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder in the place of the one for built programs, with nothing in it."""
    for name in (ASSETS, REQUIRED):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(module, "BUILT", tmp_path / "built")
    return tmp_path / "built"


def give(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).touch()


def build(folder: Path, name: str) -> None:
    """Leave what `scripts/build-control-plane` leaves, less the programs."""
    give(folder / name)
    for file in ("go.mod", "go.sum"):
        (folder / name / file).write_bytes((MODULES / name / file).read_bytes())


@VERSIONS
def test_programs_that_were_built_are_found(version: str, built: Path) -> None:
    for name in ("etcd", "kwok", f"kubernetes-{version}"):
        build(built, name)
    assert programs(version) == Programs(
        built / "etcd" / "etcd",
        built / f"kubernetes-{version}" / "kube-apiserver",
        built / f"kubernetes-{version}" / "kube-controller-manager",
        built / f"kubernetes-{version}" / "kube-scheduler",
        built / "kwok" / "kwok",
    )


def test_programs_of_a_module_that_changed_since_are_missing(built: Path) -> None:
    for name in ("etcd", "kwok", f"kubernetes-{DEFAULT}"):
        build(built, name)
    (built / "kwok" / "go.sum").write_text("other", encoding="utf-8")
    with pytest.raises(pytest.skip.Exception, match="kwok"):
        programs(DEFAULT)


def test_missing_programs_fail_where_nothing_may_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(REQUIRED, "1")
    give(tmp_path / "bin", "go")
    (tmp_path / "bin" / "go").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(pytest.fail.Exception, match=f"kubernetes-{DEFAULT}"):
        programs(DEFAULT)


def test_without_go_to_build_them_missing_programs_are_skipped_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(REQUIRED, "1")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match=f"kubernetes-{DEFAULT}.* nor is Go"):
        programs(DEFAULT)


def test_given_programs_are_used_and_the_absent_ones_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(tmp_path / "assets", "etcd", "kube-apiserver", "kwok")
    monkeypatch.setenv(ASSETS, str(tmp_path / "assets"))
    found = programs(DEFAULT)
    assert found.api_server == tmp_path / "assets" / "kube-apiserver"
    assert found.absent() == ("controller_manager", "scheduler")


def test_given_programs_without_an_api_server_are_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(tmp_path / "assets", "etcd")
    monkeypatch.setenv(ASSETS, str(tmp_path / "assets"))
    with pytest.raises(pytest.fail.Exception, match="etcd and kube-apiserver are not both"):
        programs(DEFAULT)


@VERSIONS
def test_every_part_of_kubernetes_has_the_same_release(version: str) -> None:
    text = (MODULES / f"kubernetes-{version}" / "go.mod").read_text(encoding="utf-8")
    release = re.search(rf"k8s\.io/kubernetes v1\.({version[2:]}\.\d+)\b", text)
    assert release
    parts = re.findall(r"^\tk8s\.io/\S+ => k8s\.io/\S+ v0\.(\S+)$", text, re.M)
    assert len(parts) > 30
    assert set(parts) == {release[1]}
