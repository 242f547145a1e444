"""Where the two sides are: revisions, folders, blueprints and stored plans."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.cli.diffing.conftest import BLUEPRINT, Repo

from stackwright.errors import InputError
from stackwright_cli.diffing.places import base_place, head_place

FILE = Path("blueprint.yaml")


@pytest.fixture
def open_() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def platform(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """Return a repository with a blueprint, entered."""
    repo.commit({"blueprint.yaml": BLUEPRINT})
    monkeypatch.chdir(repo.root)
    return repo


def test_the_base_is_where_the_branch_left_the_default_branch(
    platform: Repo, open_: ExitStack
) -> None:
    fork = platform.git("rev-parse", "HEAD")
    platform.git("checkout", "--quiet", "-b", "work")
    platform.commit({"blueprint.yaml": BLUEPRINT + "# work\n"})
    platform.git("checkout", "--quiet", "main")
    platform.commit({"other": ""})
    platform.git("checkout", "--quiet", "work")
    place = base_place(None, FILE, open_)
    assert (place.commit, place.label, place.dirty) == (fork, "merge base with main", False)
    assert place.notes == (f"The base is {fork[:12]}, where this branch left main.",)
    assert place.blueprint is not None
    assert place.blueprint.read_text() == BLUEPRINT
    open_.close()
    assert not place.blueprint.exists()


def test_the_head_is_the_files_as_they_are(platform: Repo, open_: ExitStack) -> None:
    clean = head_place(None, FILE, open_)
    platform.write({"blueprint.yaml": BLUEPRINT + "# now\n"})
    place = head_place(None, FILE, open_)
    assert (place.label, place.blueprint) == ("working tree", FILE)
    assert (clean.dirty, place.dirty) == (False, True)
    assert place.commit == platform.git("rev-parse", "HEAD")


def test_a_platform_in_a_sub_folder_is_found_in_each_revision(
    repo: Repo, open_: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit({"infra/ml/blueprint.yaml": BLUEPRINT})
    monkeypatch.chdir(repo.root / "infra/ml")
    place = base_place("main", FILE, open_)
    assert place.shown == "infra/ml/blueprint.yaml"
    assert place.blueprint is not None
    assert place.blueprint.read_text() == BLUEPRINT
    assert head_place(None, FILE, open_).shown == "infra/ml/blueprint.yaml"
    monkeypatch.chdir(repo.root)
    from_above = base_place("main", Path("infra/ml/blueprint.yaml"), open_)
    assert from_above.shown == "infra/ml/blueprint.yaml"


def test_branches_that_never_met_need_a_base(platform: Repo, open_: ExitStack) -> None:
    platform.git("checkout", "--quiet", "--orphan", "other")
    platform.commit({"a": ""})
    with pytest.raises(InputError, match=r"no common commit here\. Name the base"):
        base_place(None, FILE, open_)


def test_a_shallow_clone_says_what_it_needs(
    platform: Repo, open_: ExitStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.git("checkout", "--quiet", "-b", "work")
    platform.commit({"a": ""})
    platform.git("checkout", "--quiet", "main")
    platform.commit({"b": ""})
    shallow = platform.clone(tmp_path / "shallow", "--depth", "1", "--no-single-branch")
    shallow.git("checkout", "--quiet", "work")
    monkeypatch.chdir(shallow.root)
    with pytest.raises(InputError, match=r"no common commit here\. This clone is shallow"):
        base_place(None, FILE, open_)


def test_a_pull_request_that_was_fetched_alone_needs_the_rest(
    platform: Repo, open_: ExitStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.git("update-ref", "refs/pull/1/merge", "HEAD")
    alone = platform.clone(tmp_path / "alone", "--depth", "1", "--no-checkout", "--no-tags")
    alone.git("fetch", "--quiet", "--depth", "1", "origin", "refs/pull/1/merge")
    alone.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
    alone.git("remote", "remove", "origin")
    alone.git("branch", "--quiet", "-D", "main")
    monkeypatch.chdir(alone.root)
    with pytest.raises(InputError, match=r"no default branch is known here.* clone is shallow"):
        base_place(None, FILE, open_)


def test_a_repository_without_a_commit_needs_a_base(
    repo: Repo, open_: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repo.root)
    with pytest.raises(InputError, match=r"has no commit yet\. Commit the blueprint"):
        base_place(None, FILE, open_)


def test_a_word_that_is_a_path_and_a_revision_is_refused(platform: Repo, open_: ExitStack) -> None:
    platform.write({"main/blueprint.yaml": BLUEPRINT})
    with pytest.raises(InputError, match=r"is a path and a revision\. For the path write \./main"):
        base_place("main", FILE, open_)
    assert base_place("./main", FILE, open_).blueprint == Path("main/blueprint.yaml")
    assert base_place("refs/heads/main", FILE, open_).commit


def test_a_folder_or_a_file_is_a_side(tmp_path: Path, open_: ExitStack) -> None:
    file = tmp_path / "other.yaml"
    file.write_text(BLUEPRINT)
    assert base_place(str(file), FILE, open_).blueprint == file
    assert base_place(str(tmp_path), Path("other.yaml"), open_).blueprint == file
    assert base_place(str(tmp_path), Path("other.yaml"), open_).commit == ""


def test_stored_plans_are_a_file_or_a_folder(tmp_path: Path, open_: ExitStack) -> None:
    for name in ("prod.json", "dev.json"):
        (tmp_path / name).write_text("{}")
    assert base_place(str(tmp_path), FILE, open_).plans == (
        tmp_path / "dev.json",
        tmp_path / "prod.json",
    )
    assert head_place(str(tmp_path / "dev.json"), FILE, open_).plans == (tmp_path / "dev.json",)


def test_an_empty_folder_is_a_side_with_nothing(tmp_path: Path, open_: ExitStack) -> None:
    assert base_place(str(tmp_path), FILE, open_).blueprint == tmp_path / "blueprint.yaml"


def test_a_folder_of_something_else_is_refused(tmp_path: Path, open_: ExitStack) -> None:
    (tmp_path / "readme").write_text("")
    with pytest.raises(InputError, match=r"neither blueprint\.yaml nor stored plans"):
        base_place(str(tmp_path), FILE, open_)


@pytest.mark.parametrize("word", ["./gone", "/gone/there", "gone.json", "gone.yaml"])
def test_a_path_that_is_not_there_is_no_revision(word: str, open_: ExitStack) -> None:
    with pytest.raises(InputError, match="there is no such file or folder"):
        base_place(word, FILE, open_)


def test_a_blueprint_outside_the_repository_has_no_revisions(
    platform: Repo, open_: ExitStack, tmp_path: Path
) -> None:
    platform.git("branch", "work")
    (platform.root / "away").symlink_to(tmp_path)
    with pytest.raises(InputError, match="in none"):
        base_place("work", Path("away") / "blueprint.yaml", open_)


@pytest.mark.parametrize("word", ["", " "])
def test_an_empty_word_is_no_folder(platform: Repo, open_: ExitStack, word: str) -> None:
    with pytest.raises(InputError, match=r"a side is empty.* variable"):
        head_place(word, FILE, open_)
    with pytest.raises(InputError, match=r"a side is empty.* variable"):
        base_place(word, FILE, open_)


def test_a_pipe_is_neither_a_file_nor_a_folder(
    platform: Repo, open_: ExitStack, tmp_path: Path
) -> None:
    pipe = tmp_path / "plan.json"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="neither a file nor a folder"):
        head_place(str(pipe), FILE, open_)


def test_a_blueprint_that_was_moved_is_found_where_it_was(platform: Repo, open_: ExitStack) -> None:
    (platform.root / "ml").mkdir()
    platform.git("mv", "blueprint.yaml", "ml/blueprint.yaml")
    staged = base_place("main", Path("ml/blueprint.yaml"), open_)
    platform.git("checkout", "--quiet", "-b", "work")
    platform.commit({"other": ""})
    committed = base_place(None, Path("ml/blueprint.yaml"), open_)
    named = base_place("main", Path("ml/blueprint.yaml"), open_, "work")
    for place in (staged, committed, named):
        assert place.shown == "blueprint.yaml"
        assert place.blueprint is not None
        assert place.blueprint.read_text() == BLUEPRINT
        assert place.notes[-1] == (
            "The blueprint was blueprint.yaml on the base side: git sees it as renamed to"
            " ml/blueprint.yaml."
        )


def test_a_blueprint_that_is_new_was_nowhere(platform: Repo, open_: ExitStack) -> None:
    platform.commit({"ml/blueprint.yaml": BLUEPRINT})
    place = base_place("main~1", Path("ml/blueprint.yaml"), open_)
    assert place.shown == "ml/blueprint.yaml"
    assert place.blueprint is not None
    assert not place.blueprint.exists()
