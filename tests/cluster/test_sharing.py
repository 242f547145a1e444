"""One control plane serves a whole test run, and outlives nobody."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cluster.control_plane import ControlPlane
from tests.cluster.programs import ASSETS, DEFAULT, programs
from tests.cluster.sharing import CHECKOUT, shared_control_plane
from tests.cluster.supervisor import READY, read_ready
from tests.servers.process import eventually

pytestmark = pytest.mark.slow

USER = """
import sys, time
from pathlib import Path
from tests.cluster.sharing import shared_control_plane

with shared_control_plane(Path(sys.argv[1])):
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make do with the two programs that every control plane has."""
    found = programs(DEFAULT)
    assets = tmp_path / "assets"
    assets.mkdir()
    for program in (found.etcd, found.api_server):
        (assets / program.name).symlink_to(program)
    monkeypatch.setenv(ASSETS, str(assets))


def test_users_share_one_control_plane_which_ends_with_the_last(tmp_path: Path) -> None:
    with shared_control_plane(tmp_path) as first:
        with shared_control_plane(tmp_path) as second:
            assert second.url == first.url
        assert serves(first)
    assert not serves(first)


def test_who_comes_after_the_end_gets_a_new_one(tmp_path: Path) -> None:
    with shared_control_plane(tmp_path) as first:
        pass
    with shared_control_plane(tmp_path) as second:
        assert second.url != first.url
        assert serves(second)


def test_the_data_is_removed_in_the_end_and_the_logs_are_kept(tmp_path: Path) -> None:
    with shared_control_plane(tmp_path) as found:
        folder = Path(found.kubeconfig).parent
        assert (folder / "etcd").is_dir()
    assert not (folder / "etcd").exists()
    assert (folder / "kube-apiserver.log").is_file()


def test_what_a_part_of_the_programs_cannot_do_is_named(tmp_path: Path) -> None:
    absent = "it has no controller_manager, scheduler, kwok"
    with (
        shared_control_plane(tmp_path) as found,
        pytest.raises(pytest.skip.Exception, match=absent),
    ):
        found.run_pods()


def test_a_killed_user_leaves_no_process(tmp_path: Path) -> None:
    user = started(tmp_path)
    found = read_ready(place(tmp_path))
    user.kill()
    user.wait()
    eventually(lambda: not serves(found), "the API server still answers")


@pytest.mark.skipif(not shutil.which("setpriv"), reason="the program setpriv is not here")
def test_a_killed_supervisor_leaves_no_process(tmp_path: Path) -> None:
    user = started(tmp_path)
    found = read_ready(place(tmp_path))
    os.kill(supervisor(user), signal.SIGKILL)
    eventually(lambda: not serves(found), "the API server still answers")
    user.kill()
    user.wait()


def started(folder: Path) -> subprocess.Popen[bytes]:
    """Start a user of a control plane that it starts itself."""
    user = subprocess.Popen([sys.executable, "-c", USER, str(folder)], cwd=CHECKOUT)
    ready = place(folder) / READY
    eventually(lambda: user.poll() is not None or ready.is_file(), "no control plane", 120)
    assert user.poll() is None
    return user


def place(folder: Path) -> Path:
    return folder / f"control-plane-{DEFAULT}" / "0"


def supervisor(user: subprocess.Popen[bytes]) -> int:
    children = Path(f"/proc/{user.pid}/task/{user.pid}/children")
    return int(children.read_text(encoding="utf-8").split()[0])


def serves(found: ControlPlane) -> bool:
    try:
        return found.client.request("GET", "/readyz").succeeded
    except OSError:
        return False
