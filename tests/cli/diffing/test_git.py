"""Git as a diff asks it: commits and their files, and nothing that a stranger put there runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.diffing.conftest import Repo

from stackwright.errors import InputError, StackwrightError
from stackwright_cli.diffing.git import Repository, require_repository


def around(repo: Repo) -> Repository:
    found = Repository.around(repo.root)
    assert found is not None
    return found


def test_a_repository_is_found_from_a_folder_inside(repo: Repo) -> None:
    (repo.root / "stacks").mkdir()
    found = Repository.around(repo.root / "stacks")
    assert found is not None
    assert found.root == repo.root


def test_no_repository_names_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is in none") as caught:
        require_repository(tmp_path, "the revision main")
    assert caught.value.problems[0].hint == (
        "Compare two folders or stored plans: stackwright diff BASE HEAD"
    )


def test_a_bare_repository_names_the_way_out(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"a": "1"})
    bare = repo.clone(tmp_path / "bare", "--bare")
    with pytest.raises(InputError, match="with a work tree"):
        require_repository(bare.root, "the revision main")


def test_without_git_the_way_out_is_named(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(StackwrightError, match="git, which is not installed"):
        require_repository(repo.root, "the revision main")


@pytest.mark.parametrize("revision", ["main", "HEAD", "v1", "main~0"])
def test_a_revision_is_a_branch_a_tag_or_a_commit(repo: Repo, revision: str) -> None:
    commit = repo.commit({"a": "1"})
    repo.git("tag", "v1")
    assert around(repo).require_commit(revision) == commit


def test_a_revision_that_looks_like_an_option_is_none(repo: Repo) -> None:
    repo.commit({"a": "1"})
    mark = repo.root / "mark"
    for word in (f"--upload-pack=touch {mark}", f"--output={mark}", "--all", "-h"):
        with pytest.raises(InputError, match="is no revision"):
            around(repo).require_commit(word)
    assert not mark.exists()


def test_an_unknown_revision_names_the_nearest(repo: Repo) -> None:
    repo.commit({"a": "1"})
    repo.git("branch", "feature")
    with pytest.raises(InputError) as caught:
        around(repo).require_commit("featuer")
    assert caught.value.problems[0].hint == "Did you mean feature?"


def test_a_range_is_told_to_be_two_words(repo: Repo) -> None:
    repo.commit({"a": "1"})
    with pytest.raises(InputError, match="two words: BASE HEAD"):
        around(repo).require_commit("main..HEAD")


def test_a_shallow_clone_says_how_to_get_more(repo: Repo, tmp_path: Path) -> None:
    first = repo.commit({"a": "1"})
    repo.commit({"a": "2"})
    shallow = around(repo.clone(tmp_path / "shallow", "--depth", "1"))
    with pytest.raises(InputError, match=r"git fetch --unshallow .*fetch-depth: 0"):
        shallow.require_commit(first)


def test_the_default_branch_is_what_origin_says(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"a": "1"})
    repo.git("branch", "--move", "trunk")
    clone = around(repo.clone(tmp_path / "clone"))
    assert clone.default_branch() == "refs/remotes/origin/trunk"


def test_without_origin_the_default_branch_is_main(repo: Repo) -> None:
    repo.commit({"a": "1"})
    assert around(repo).default_branch() == "refs/heads/main"


def test_a_default_branch_that_is_gone_is_not_taken(repo: Repo) -> None:
    repo.commit({"a": "1"})
    repo.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/gone")
    assert around(repo).default_branch() == "refs/heads/main"


def test_no_default_branch_is_none(repo: Repo) -> None:
    repo.commit({"a": "1"})
    repo.git("branch", "--move", "work")
    assert around(repo).default_branch() is None


def test_a_folder_is_dirty_by_what_lies_in_it(repo: Repo) -> None:
    repo.commit({"platform/blueprint.yaml": "a", "readme": "b"})
    folder = repo.root / "platform"
    assert not around(repo).is_dirty(folder)
    repo.write({"readme": "c"})
    assert not around(repo).is_dirty(folder)
    repo.write({"platform/new.yaml": ""})
    assert around(repo).is_dirty(folder)


def test_no_program_that_a_setting_names_is_run(repo: Repo) -> None:
    mark = repo.root.parent / "mark"
    repo.commit({".gitattributes": "* filter=evil diff=evil\n", "a": "1"})
    for name in (
        "core.fsmonitor",
        "diff.external",
        "diff.evil.textconv",
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "core.pager",
        "core.sshCommand",
    ):
        repo.git("config", name, f"touch {mark}; cat")
    repo.write({"a": "2"})
    found = around(repo)
    assert found.is_dirty(repo.root)
    entries = list(found.entries(found.require_commit("HEAD")))
    assert [b"".join(one) for one in found.contents(entries)] == [
        b"* filter=evil diff=evil\n",
        b"1",
    ]
    assert not mark.exists()


def test_a_variable_of_git_s_own_names_no_other_repository(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = repo.commit({"a": "1"})
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.setenv(name, "/nowhere")
    found = around(repo)
    assert found.root == repo.root
    assert found.commit("HEAD") == commit
    assert not found.is_dirty(repo.root)


def test_content_that_was_not_cloned_is_not_fetched(repo: Repo, tmp_path: Path) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    commit = repo.commit({"a": "1"})
    partial = repo.clone(tmp_path / "partial", "--filter=blob:none", "--no-checkout")
    found = around(partial)
    with pytest.raises(StackwrightError, match=r"^a: .* Clone it without --filter\.$"):
        list(found.contents(list(found.entries(commit))))


def test_a_large_file_is_never_held_as_a_whole(repo: Repo) -> None:
    large = 3 * 1024 * 1024 + 1
    commit = repo.commit({"a": "x" * large, "b": "after"})
    found = around(repo)
    first, second = found.contents(list(found.entries(commit)))
    assert (list(first), list(second)) == ([], [])
    sizes = [[len(piece) for piece in one] for one in found.contents(list(found.entries(commit)))]
    assert sizes == [[1 << 20, 1 << 20, 1 << 20, 1], [5]]


def test_names_and_content_may_hold_anything(repo: Repo) -> None:
    names = ["a b", "tab\there", "new\nline", "ümlaut", '"quoted"']
    commit = repo.commit(dict.fromkeys(names, "\n\0\n"))
    found = around(repo)
    entries = list(found.entries(commit))
    assert sorted(entry.path for entry in entries) == sorted(names)
    assert {b"".join(one) for one in found.contents(entries)} == {b"\n\0\n"}


def test_a_renamed_file_is_known_by_its_earlier_path_committed_or_staged(repo: Repo) -> None:
    text = "".join(f"line {number}\n" for number in range(20))
    before = repo.commit({"a\nb.yaml": text, "other": "x"})
    repo.git("mv", "a\nb.yaml", "new.yaml")
    assert around(repo).renamed_from("new.yaml", before, None) == "a\nb.yaml"
    after = repo.commit({"new.yaml": text + "more\n"})
    assert around(repo).renamed_from("new.yaml", before, after) == "a\nb.yaml"
    assert around(repo).renamed_from("other", before, after) is None
    assert around(repo).renamed_from("gone", before, after) is None
