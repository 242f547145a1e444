"""Where a side of a diff is: a revision, a folder, a blueprint, or stored plans.

A word on the command line that is both a path and a revision is refused, as git does it.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from stackwright.blueprint.shown import shown_source
from stackwright.errors import InputError, Problem
from stackwright_cli.diffing.checkout import checked_out
from stackwright_cli.diffing.git import DEEPER, Repository, require_repository

WORKING_TREE = "working tree"

_PLAN = ".json"
_BLUEPRINT = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Place:
    """Where one side is."""

    label: str
    """What the user called it."""
    blueprint: Path | None = None
    """The blueprint, which need not exist; None for stored plans."""
    shown: str = ""
    """Name of the blueprint in messages: its path in the repository, else as the user gave it."""
    root: Path | None = None
    """Folder that holds all that the programs beside the blueprint may read."""
    plans: tuple[Path, ...] = ()
    """Files of stored plans."""
    commit: str = ""
    dirty: bool = False
    notes: tuple[str, ...] = ()
    is_fixed: bool = False
    """Whether it is a commit and no files that could be changed."""


def base_place(word: str | None, file: Path, open_: ExitStack, head: str | None = None) -> Place:
    """Return where the earlier side is, with the blueprint that git sees as renamed since.

    Args:
        word: What the user gave; None for the merge base with the default branch.
        file: The blueprint, as `-f` names it.
        open_: Removes the temporary folder of a revision when it is closed.
        head: What the user gave for the later side; None for the files as they are.

    Raises:
        InputError: There is no such place, or it cannot be told which is meant.
        StackwrightError: Git is needed and missing, or fails.
    """
    if word is not None:
        return _as_it_was(_place(word, file, open_), file, head)
    repository = require_repository(_existing(file.parent), "comparing with the default branch")
    branch, commit = _merge_base(repository)
    label = f"merge base with {branch}"
    note = f"The base is {commit[:12]}, where this branch left {branch}."
    found = _revision(repository, commit, label, file, open_, (note,))
    return _as_it_was(found, file, head)


def head_place(word: str | None, file: Path, open_: ExitStack) -> Place:
    """Return where the later side is; the files as they are when the user names none.

    Raises:
        InputError: There is no such place, or it cannot be told which is meant.
        StackwrightError: Git is needed and missing, or fails.
    """
    return _files(WORKING_TREE, file) if word is None else _place(word, file, open_)


def _as_it_was(place: Place, file: Path, head: str | None) -> Place:
    """Return a commit with its blueprint, which may have been moved or renamed since."""
    if place.root is None or place.blueprint is None or not place.is_fixed:
        return place
    repository = Repository.around(_existing(file.parent))
    if repository is None or os.path.lexists(place.blueprint):
        return place
    later = repository.commit(head) if head is not None else None
    was = repository.renamed_from(place.shown, place.commit, later)
    if was is None or not (place.root / was).is_file():
        return place
    note = (
        f"The blueprint was {shown_source(was)} on the base side: git sees it as renamed to"
        f" {shown_source(place.shown)}."
    )
    return replace(place, blueprint=place.root / was, shown=was, notes=(*place.notes, note))


def _merge_base(repository: Repository) -> tuple[str, str]:
    """Return the default branch, and the commit where this one left it."""
    name_it = "Name the base: stackwright diff BASE."
    branch, here = repository.default_branch(), repository.commit("HEAD")
    if here is None:
        hint = "Commit the blueprint first, or compare two folders: stackwright diff BASE HEAD."
        raise InputError([Problem(f"{repository.root} has no commit yet.", hint=hint)])
    if branch is None:
        message = "no default branch is known here: there is no origin/HEAD, main or master."
        hint = DEEPER if repository.is_shallow else name_it
        raise InputError([Problem(message, hint=hint)])
    short = branch.removeprefix("refs/remotes/").removeprefix("refs/heads/")
    commit = repository.merge_base(here, branch)
    if commit is None:
        message = f"this branch and {short} have no common commit here."
        hint = DEEPER if repository.is_shallow else name_it
        raise InputError([Problem(message, hint=hint)])
    return short, commit


def _place(word: str, file: Path, open_: ExitStack) -> Place:
    if not word.strip():
        hint = "Name a revision, a folder or stored plans; a variable may not be set."
        raise InputError([Problem("a side is empty.", hint=hint)])
    path = Path(word)
    if path.exists():
        _require_no_revision(word, file)
        return _path(path, word, file)
    if word.startswith((".", "/")) or path.suffix in (_PLAN, *_BLUEPRINT):
        raise InputError([Problem("there is no such file or folder.", file=word)])
    repository = require_repository(_existing(file.parent), f"the revision {shown_source(word)}")
    return _revision(repository, repository.require_commit(word), word, file, open_)


def _require_no_revision(word: str, file: Path) -> None:
    if word.startswith((".", "/")):
        return
    repository = Repository.around(_existing(file.parent))
    if repository is not None and repository.commit(word) is not None:
        message = f"{shown_source(word)} is a path and a revision."
        hint = f"For the path write ./{shown_source(word)}, for a branch refs/heads/NAME."
        raise InputError([Problem(message, hint=hint)])


def _revision(
    repository: Repository,
    commit: str,
    label: str,
    file: Path,
    open_: ExitStack,
    notes: tuple[str, ...] = (),
) -> Place:
    below = _below(repository.root, file)
    if below is None:
        message = f"it lies outside the repository {repository.root}."
        raise InputError([Problem(message, file=str(file), hint="Name the blueprint with -f.")])
    root = open_.enter_context(checked_out(repository, commit))
    return Place(
        label, root / below, below.as_posix(), root, commit=commit, notes=notes, is_fixed=True
    )


def _path(path: Path, word: str, file: Path) -> Place:
    if path.is_file():
        return Place(word, plans=(path,)) if path.suffix == _PLAN else _files(word, path)
    if not path.is_dir():
        hint = "Write what it gives to a file first."
        raise InputError([Problem("it is neither a file nor a folder.", file=word, hint=hint)])
    blueprint = path / (file.name if file.is_absolute() else file)
    stored = tuple(sorted(path.glob(f"*{_PLAN}")))
    if stored and not blueprint.exists():
        return Place(word, plans=stored)
    if not blueprint.exists() and any(path.iterdir()):
        hint = "Name the blueprint with -f."
        message = f"this folder holds neither {blueprint.name} nor stored plans (*{_PLAN})."
        raise InputError([Problem(message, file=word, hint=hint)])
    return _files(word, blueprint)


def _files(label: str, blueprint: Path) -> Place:
    repository = Repository.around(_existing(blueprint.parent))
    below = _below(repository.root, blueprint) if repository else None
    if repository is None or below is None:
        return Place(label, blueprint, str(blueprint), blueprint.parent)
    return Place(
        label,
        blueprint,
        below.as_posix(),
        repository.root,
        commit=repository.commit("HEAD") or "",
        dirty=repository.is_dirty(_existing(blueprint.parent).resolve()),
    )


def _below(root: Path, file: Path) -> Path | None:
    place = file.parent.resolve() / file.name
    return place.relative_to(root) if place.is_relative_to(root) else None


def _existing(folder: Path) -> Path:
    """Return a folder, or the nearest above it that exists."""
    return next((one for one in (folder, *folder.absolute().parents) if one.is_dir()), Path("/"))
