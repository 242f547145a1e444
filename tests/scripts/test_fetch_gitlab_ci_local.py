"""gitlab-ci-local is installed from its lock, or a machine without Node is told what follows."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "fetch-gitlab-ci-local"
LOCKED = ROOT / "requirements" / "gitlab-ci-local"
SYSTEM = ("cmp", "cp", "dirname", "mkdir", "rm", "tail")

NPM = """\
#!/bin/sh
echo "$@" >>../asked
mkdir node_modules
"""


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder with what every system has, and no Node."""
    folder = tmp_path / "path"
    folder.mkdir()
    for name in SYSTEM:
        (folder / name).symlink_to(str(shutil.which(name)))
    return folder


def provide(machine: Path, name: str, script: str) -> None:
    (machine / name).write_text(script, encoding="ascii")
    (machine / name).chmod(0o755)


def fetch(machine: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script where only the programs of one folder are found."""
    return subprocess.run(
        ["/bin/sh", SCRIPT, *arguments],
        env={"PATH": str(machine)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("node", ["", "#!/bin/sh\necho 18\n"])
def test_a_machine_without_a_new_node_is_told_what_follows(
    tmp_path: Path, machine: Path, node: str
) -> None:
    if node:
        provide(machine, "node", node)
        provide(machine, "npm", NPM)

    done = fetch(machine, str(tmp_path / "runner"))

    assert done.returncode == 0, done.stderr
    assert "skipped by name" in done.stderr.replace("\n", " ")
    (lacking,) = (tmp_path / "runner").iterdir()
    assert lacking.read_text(encoding="ascii") == "Node 20 or newer with npm\n"


def test_what_was_installed_from_the_same_lock_is_kept(tmp_path: Path, machine: Path) -> None:
    provide(machine, "node", "#!/bin/sh\necho 20\n")
    provide(machine, "npm", NPM)

    first = fetch(machine, str(tmp_path / "runner"))
    again = fetch(machine, str(tmp_path / "runner"))

    assert first.returncode == 0, first.stderr
    assert (again.returncode, again.stderr) == (0, "")
    asked = (tmp_path / "asked").read_text(encoding="ascii")
    assert asked == "ci --ignore-scripts --no-audit --no-fund\n"


def test_an_installation_that_failed_says_so_and_is_tried_again(
    tmp_path: Path, machine: Path
) -> None:
    provide(machine, "node", "#!/bin/sh\necho 20\n")
    provide(machine, "npm", "#!/bin/sh\necho no such registry\nexit 1\n")

    failed = fetch(machine, str(tmp_path / "runner"))
    provide(machine, "npm", NPM)
    again = fetch(machine, str(tmp_path / "runner"))

    assert failed.returncode == 1
    assert "no such registry" in failed.stderr
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "asked").is_file()


def test_a_folder_must_be_named(machine: Path) -> None:
    assert fetch(machine).returncode == 2


def test_the_lock_names_every_hash_and_no_address() -> None:
    """Each machine asks its own registry, and gets nothing else from it than we did."""
    wanted = json.loads((LOCKED / "package.json").read_text(encoding="utf-8"))["dependencies"]
    lock = json.loads((LOCKED / "package-lock.json").read_text(encoding="utf-8"))["packages"]

    assert lock.pop("")["dependencies"] == wanted
    assert lock["node_modules/gitlab-ci-local"]["version"] == wanted["gitlab-ci-local"]
    for package in lock.values():
        assert package["integrity"].startswith("sha512-")
        assert "resolved" not in package
        assert "hasInstallScript" not in package
