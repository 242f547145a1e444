"""A repository as a diff needs it: commits, their files, and what differs from them.

A pull request's commits are a stranger's work. So git is asked only for what it stores: it runs no
hook, filter, pager or monitor, fetches nothing, and takes no word of a user for an option.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

from stackwright.blueprint.shown import nearest, shown_source
from stackwright.errors import InputError, Problem, StackwrightError
from stackwright_cli.diffing.safe_git import command, run, variables

_PIECE = 1 << 20
"""Bytes of a file that are held at once."""

_MAIN = ("main", "master")

DEEPER = (
    "This clone is shallow; fetch the rest: git fetch --unshallow (in a pipeline: fetch-depth: 0"
    " for actions/checkout, GIT_DEPTH: 0 for GitLab)."
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a commit."""

    path: str
    """Below the root of the repository, with `/`."""
    mode: str
    """Git's: `100644`, `100755` for a program, `120000` for a link, `160000` for a submodule."""
    identity: str
    """Name of the object that holds its content."""


@dataclass(frozen=True)
class Repository:
    """One repository, with a work tree."""

    root: Path

    @classmethod
    def around(cls, folder: Path) -> Repository | None:
        """Return the repository that a folder lies in; None for none, or where git is missing."""
        if shutil.which("git") is None:
            return None
        done = run(folder, ("rev-parse", "--show-toplevel"))
        root = os.fsdecode(done.stdout.removesuffix(b"\n"))
        return cls(Path(root)) if done.returncode == 0 and root else None

    def commit(self, revision: str) -> str | None:
        """Return the full name of the commit that a revision means; None when it means none."""
        if revision.startswith("-"):
            return None
        words = ("--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return self._line("rev-parse", *words)

    def require_commit(self, revision: str) -> str:
        """Return the full name of the commit that a revision means.

        Raises:
            InputError: It means none.
        """
        found = self.commit(revision)
        if found is not None:
            return found
        message = f"{shown_source(revision)} is no revision of the repository {self.root}."
        raise InputError([Problem(message, hint=self._hint(revision))])

    def merge_base(self, first: str, second: str) -> str | None:
        """Return the commit where the histories of two commits part; None when they never met."""
        return self._line("merge-base", first, second)

    def default_branch(self) -> str | None:
        """Return the full name of the branch that work is merged into, or None.

        It is what `origin` said when it was cloned, else main or master, there or here.
        """
        said = self._line("symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
        places = (f"refs/{place}/{name}" for place in ("remotes/origin", "heads") for name in _MAIN)
        names = (said, *places) if said else places
        return next((name for name in names if self.commit(name)), None)

    @cached_property
    def is_shallow(self) -> bool:
        """Whether the older commits were not fetched."""
        return self._line("rev-parse", "--is-shallow-repository") == "true"

    def is_dirty(self, folder: Path) -> bool:
        """Tell whether files below a folder differ from the commit that is checked out."""
        config = dict.fromkeys(self._filters(), "")
        words = ("--porcelain", "--ignore-submodules=all", "--", str(folder))
        done = run(self.root, ("status", *words), config)
        return done.returncode != 0 or bool(done.stdout)

    def entries(self, commit: str) -> Iterator[Entry]:
        """Yield every file of a commit.

        Raises:
            StackwrightError: Git fails.
        """
        listed = self._output("ls-tree", "-r", "-z", "--full-tree", commit)
        for line in filter(None, listed.split(b"\0")):
            facts, _, path = line.partition(b"\t")
            mode, _, identity = facts.decode("ascii").split(" ")
            yield Entry(os.fsdecode(path), mode, identity)

    def renamed_from(self, path: str, before: str, after: str | None) -> str | None:
        """Return what a file was called in an earlier commit; None where git sees no rename.

        Args:
            path: Its later path below the root, with `/`.
            before: The earlier commit.
            after: The later commit; None for what is staged, so that no file on disk is read.

        Raises:
            StackwrightError: Git fails.
        """
        sides = (
            ("diff-index", "--cached", before) if after is None else ("diff-tree", before, after)
        )
        words = ("-r", "-z", "-M", "--diff-filter=R", "--name-status", "--no-ext-diff")
        told = self._output(sides[0], *words, "--no-textconv", *sides[1:]).split(b"\0")
        names = map(os.fsdecode, told[:-1])
        # Each rename is three words: how alike both are, the earlier path, and the later one.
        return next(
            (old for _, old, new in zip(names, names, names, strict=True) if new == path), None
        )

    def contents(self, entries: Sequence[Entry]) -> Iterator[Iterator[bytes]]:
        """Yield the stored content of each entry in pieces, in the same order.

        No filter sees it, and a large one is never held as a whole.

        Raises:
            StackwrightError: The repository does not have an object.
        """
        with tempfile.TemporaryFile() as asked:
            asked.write("".join(f"{entry.identity}\n" for entry in entries).encode("ascii"))
            asked.seek(0)
            with subprocess.Popen(  # noqa: S603 - git itself, without a shell
                command("cat-file", "--batch"),
                cwd=self.root,
                env=variables({}),
                stdin=asked,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            ) as process:
                assert process.stdout is not None
                for entry in entries:
                    words = process.stdout.readline().split()
                    if len(words) != 3:
                        raise StackwrightError(
                            f"{entry.path}: the repository {self.root} was cloned without its"
                            " content, and nothing is fetched here. Clone it without --filter."
                        )
                    content = _pieces(process.stdout, int(words[2]))
                    yield content
                    # The next one begins where this one ends, read or not.
                    deque(content, maxlen=0)
                    process.stdout.read(1)

    def _hint(self, revision: str) -> str:
        if ".." in revision:
            return "Give the two sides as two words: BASE HEAD."
        if self.is_shallow:
            return DEEPER
        names = self._output("for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags")
        near = nearest(revision, names.decode("utf-8", "replace").splitlines())
        return near or "Name a branch, a tag or a commit; `git log --oneline` shows them."

    def _filters(self) -> list[str]:
        """Return every setting that names a program which git runs on the content of a file."""
        done = run(self.root, ("config", "-z", "--name-only", "--get-regexp", r"^filter\."))
        return [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]

    def _line(self, *words: str) -> str | None:
        done = run(self.root, words)
        line = os.fsdecode(done.stdout).strip()
        return line if done.returncode == 0 and line else None

    def _output(self, *words: str) -> bytes:
        done = run(self.root, words)
        if done.returncode != 0:
            said = done.stderr.decode("utf-8", "replace").strip() or f"exit code {done.returncode}"
            raise StackwrightError(f"git {words[0]} fails in {self.root}: {said}")
        return done.stdout


def require_repository(folder: Path, wanted: str) -> Repository:
    """Return the repository around a folder.

    Args:
        folder: Where to look.
        wanted: What it is needed for, for the message.

    Raises:
        StackwrightError: There is no git.
        InputError: The folder is in no repository.
    """
    if shutil.which("git") is None:
        raise StackwrightError(
            f"{wanted} needs git, which is not installed. Install it, or compare two folders or"
            " stored plans: stackwright diff BASE HEAD"
        )
    found = Repository.around(folder)
    if found is not None:
        return found
    said = run(folder, ("rev-parse", "--show-toplevel")).stderr.decode("utf-8", "replace")
    if "dubious ownership" in said:
        message = f"git refuses the repository around {folder}: it belongs to another user."
        hint = "Trust it with: git config --global --add safe.directory FOLDER"
    else:
        message = f"{wanted} needs a git repository with a work tree; {folder} is in none."
        hint = "Compare two folders or stored plans: stackwright diff BASE HEAD"
    raise InputError([Problem(message, hint=hint)])


def _pieces(source: IO[bytes], size: int) -> Iterator[bytes]:
    while size > 0:
        piece = source.read(min(size, _PIECE))
        if not piece:
            raise StackwrightError("git ends in the middle of a file; see what `git fsck` says.")
        size -= len(piece)
        yield piece
