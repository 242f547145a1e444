"""The files of a commit in a temporary folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.diffing.conftest import Repo

from stackwright.errors import InputError, StackwrightError
from stackwright_cli.diffing.checkout import checked_out
from stackwright_cli.diffing.git import Repository


def around(repo: Repo) -> Repository:
    found = Repository.around(repo.root)
    assert found is not None
    return found


def test_the_files_are_those_of_the_commit_and_go_away(repo: Repo) -> None:
    commit = repo.commit({"blueprint.yaml": "old", "stacks/platform/__main__.py": "pass"})
    repo.commit({"blueprint.yaml": "new"})
    with checked_out(around(repo), commit) as folder:
        assert (folder / "blueprint.yaml").read_text() == "old"
        assert (folder / "stacks/platform/__main__.py").read_text() == "pass"
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()
    assert repo.git("worktree", "list").count("\n") == 0


def test_a_failure_leaves_nothing_behind(repo: Repo) -> None:
    commit = repo.commit({"a": "1"})
    with pytest.raises(ZeroDivisionError), checked_out(around(repo), commit) as folder:
        raise ZeroDivisionError
    assert not folder.exists()


def test_no_hook_and_no_filter_runs(repo: Repo) -> None:
    mark = repo.root.parent / "mark"
    commit = repo.commit({".gitattributes": "*.txt filter=evil text eol=crlf\n", "a.txt": "1\n"})
    repo.git("config", "filter.evil.smudge", f"touch {mark}; cat")
    hook = repo.root / ".git/hooks/post-checkout"
    hook.write_text(f"#!/bin/sh\ntouch {mark}\n")
    hook.chmod(0o755)
    with checked_out(around(repo), commit) as folder:
        assert (folder / "a.txt").read_bytes() == b"1\n"
    assert not mark.exists()


def test_a_program_keeps_its_mode_and_a_link_its_target(repo: Repo) -> None:
    (repo.root / "run").write_text("#!/bin/sh\n")
    (repo.root / "run").chmod(0o755)
    (repo.root / "alias").symlink_to("run")
    commit = repo.commit({"plain": ""})
    with checked_out(around(repo), commit) as folder:
        assert os.access(folder / "run", os.X_OK)
        assert not os.access(folder / "plain", os.X_OK)
        assert (folder / "alias").readlink() == Path("run")


def test_files_that_cannot_be_written_are_told_with_the_place(repo: Repo) -> None:
    blob = repo.git("hash-object", "-w", "--stdin", given=b"content")
    tree = repo.git("mktree", given=f"100644 blob {blob}\t{'a' * 300}\n".encode())
    commit = repo.git("commit-tree", tree, "-m", "Long")
    with (
        pytest.raises(StackwrightError, match=r"^commit .* cannot be written to /.*: .*TMPDIR\.$"),
        checked_out(around(repo), commit),
    ):
        pass


@pytest.mark.parametrize("target", ["/etc/passwd", "../secret", "inner/../../secret", "away/x"])
def test_a_link_that_leads_out_is_left_out(repo: Repo, target: str) -> None:
    (repo.root / "link").symlink_to(target)
    (repo.root / "away").symlink_to("..")
    commit = repo.commit({"inner/a": "1"})
    with checked_out(around(repo), commit) as folder:
        assert sorted(path.name for path in folder.iterdir()) == ["inner"]


def test_links_in_a_circle_are_no_danger(repo: Repo) -> None:
    (repo.root / "one").symlink_to("two")
    (repo.root / "two").symlink_to("one")
    commit = repo.commit({"a": "1"})
    with checked_out(around(repo), commit) as folder:
        assert (folder / "a").read_text() == "1"


def test_a_submodule_is_not_fetched(repo: Repo) -> None:
    repo.commit({".gitmodules": '[submodule "sub"]\n\tpath = sub\n\turl = ssh://nowhere/x\n'})
    commit = repo.git("rev-parse", "HEAD")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{commit},sub")
    repo.git("commit", "--quiet", "--message", "Submodule")
    with checked_out(around(repo), repo.git("rev-parse", "HEAD")) as folder:
        assert [path.name for path in folder.iterdir()] == [".gitmodules"]


@pytest.mark.parametrize("name", ["..", ".git", ".GIT"])
def test_a_path_that_no_file_may_have_is_refused(repo: Repo, name: str) -> None:
    blob = repo.git("hash-object", "-w", "--stdin", given=b"evil")
    inner = repo.git("mktree", given=f"100644 blob {blob}\tevil\n".encode())
    tree = repo.git("mktree", given=f"040000 tree {inner}\t{name}\n".encode())
    commit = repo.git("commit-tree", tree, "-m", "Evil")
    with (
        pytest.raises(InputError, match="which no file may have"),
        checked_out(around(repo), commit),
    ):
        pass
    assert not (repo.root.parent / "evil").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_nothing_behind(repo: Repo, number: signal.Signals) -> None:
    commit = repo.commit({"a": "1"})
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from stackwright_cli.diffing.checkout import checked_out\n"
        "from stackwright_cli.diffing.git import Repository\n"
        "with checked_out(Repository(Path(sys.argv[1])), sys.argv[2]) as folder:\n"
        "    print(folder, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(repo.root), commit],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        assert (folder / "a").read_text() == "1"
        process.send_signal(number)
        assert process.wait(30) != 0
    assert not folder.exists()
