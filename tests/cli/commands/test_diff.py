"""`stackwright diff`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import pytest
from tests.cli.commands.conftest import BLUEPRINT

from stackwright.diff.codec import from_json
from stackwright.diff.model import Diff, Presence, Risk
from stackwright_cli import main

CHURN = """\
schema: stackwright.project/v1
name: churn-model
template: tabular-service
environments: [dev, prod]
needs:
  ObjectStore: [data_url]
"""


@pytest.fixture
def platform(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the committed blueprint of a platform, entered."""
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "ada@example.com")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("TMPDIR", str(folder.parent))
    monkeypatch.setattr(tempfile, "tempdir", None)
    root = folder / "platform"
    root.mkdir()
    monkeypatch.chdir(root)
    git("init", "--quiet", "--initial-branch", "main")
    write(BLUEPRINT)
    commit()
    return root


def git(*words: str) -> str:
    return subprocess.run(["git", *words], check=True, capture_output=True, text=True).stdout


def commit() -> None:
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "--message", "Change")


def write(text: str, name: str = "blueprint.yaml") -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def diffed(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Diff:
    """Return what the command says as JSON."""
    assert main(["diff", *words, "--format", "json"]) == code
    return from_json(capsys.readouterr().out.encode(), "diff.json")


def test_what_is_not_committed_is_compared_with_the_default_branch(
    platform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(BLUEPRINT.replace("400", "200"))
    assert main(["diff"]) == 0
    out, err = capsys.readouterr()
    assert "  - blueprint.yaml:9 environments.prod.storage.log_retention_days: 400 -> 200" in out
    assert "\n  dev   no change, " in out
    assert err == ""


def test_nothing_changed_is_an_empty_diff(
    platform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = diffed(capsys)
    assert made.empty
    assert (made.causes, made.verdict.risks) == ((), {})
    assert [one.environment for one in made.environments] == ["dev", "prod"]


def test_two_revisions_are_two_sides(platform: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git("checkout", "--quiet", "-b", "work")
    write(BLUEPRINT.replace("400", "200"))
    commit()
    git("checkout", "--quiet", "main")
    made = diffed(capsys, "main", "work", "-e", "prod")
    assert (made.base.label, made.head.label) == ("main", "work")
    assert made.head.commit == git("rev-parse", "work").strip()
    assert [cause.path for cause in made.causes] == ["environments.prod.storage.log_retention_days"]
    assert [one.environment for one in made.environments] == ["prod"]
    assert git("status", "--short") == ""
    assert len(git("worktree", "list").splitlines()) == 1
    assert not list(platform.parent.parent.glob("stackwright-diff-*"))


def test_two_folders_are_two_sides(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(BLUEPRINT, "before/blueprint.yaml")
    write(BLUEPRINT.replace("400", "200"), "after/blueprint.yaml")
    (cause,) = diffed(capsys, "before", "after", "-e", "prod").causes
    assert (cause.file, cause.line) == ("after/blueprint.yaml", 9)


def test_stored_plans_are_compared_without_a_blueprint(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(BLUEPRINT)
    for side, days in (("before", "400"), ("after", "200")):
        write(BLUEPRINT.replace("400", days))
        for name in ("dev", "prod"):
            words = ["-e", name, "--format", "json", "-o", f"{side}/{name}.json"]
            assert main(["plan", *words]) == 0
    capsys.readouterr()
    made = diffed(capsys, "before", "after")
    assert [(one.environment, bool(one.managed)) for one in made.environments] == [
        ("dev", False),
        ("prod", True),
    ]
    assert (made.causes, made.matrix) == ((), ())
    assert any("A stored plan holds no blueprint" in note for note in made.notes)


def test_plans_of_two_versions_are_told_apart(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(BLUEPRINT)
    assert main(["plan", "-e", "dev", "--format", "json", "-o", "new.json"]) == 0
    plan = json.loads(Path("new.json").read_text(encoding="utf-8"))
    write(json.dumps(plan | {"stackwright": "0.0.1"}), "old.json")
    capsys.readouterr()
    made = diffed(capsys, "old.json", "new.json")
    assert made.base.stackwright == "0.0.1"
    assert any(note.startswith("Stackwright 0.0.1 planned the base") for note in made.notes)


def test_another_pin_is_told(platform: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write('requires: ">=0.1"\n' + BLUEPRINT)
    made = diffed(capsys, "-e", "dev")
    assert (made.base.pinned, made.head.pinned) == ("", ">=0.1")
    assert any("`requires` changes from nothing to >=0.1" in note for note in made.notes)


def test_a_new_environment_is_added_and_a_removed_one_goes(
    platform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(BLUEPRINT.replace("  dev: {profile: development}\n", "  test: {}\n"))
    made = diffed(capsys, "--layer", "foundation", code=3)
    assert {one.environment: one.presence for one in made.environments} == {
        "test": Presence.ADDED,
        "prod": Presence.BOTH,
        "dev": Presence.REMOVED,
    }
    assert made.verdict.worst == Risk.DATA_LOSS


def test_a_new_platform_is_all_new(platform: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git("rm", "--quiet", "blueprint.yaml")
    commit()
    write(BLUEPRINT)
    made = diffed(capsys, "-e", "dev")
    assert [one.presence for one in made.environments] == [Presence.ADDED]
    assert "blueprint.yaml is not there on the base side: everything counts as new." in made.notes


def test_a_blueprint_that_is_wrong_on_one_side_names_the_side(
    platform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(BLUEPRINT.replace("kind: s3", "kind: s4"))
    commit()
    write(BLUEPRINT)
    assert main(["diff", "HEAD"]) == 2
    first, second, _ = capsys.readouterr().err.splitlines()
    assert first.startswith("error: base: blueprint.yaml:5:")
    assert second.startswith(
        "error: base: HEAD: a commit cannot be mended, but it may be right for"
    )
    assert "compare the stored plans" in second


def test_a_data_loss_is_refused_unless_the_blueprint_allows_it_today(
    platform: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    without = BLUEPRINT.replace("storage: {kind: s3}\n", "").replace(
        "    storage: {log_retention_days: 400}\n", "    labels: {a: b}\n"
    )
    write(without)
    made = diffed(capsys, "-e", "dev", code=3)
    lost = {loss.urn.split("::", 2)[2] for one in made.environments for loss in one.losses}
    named = "".join(
        f"  - {{resource: '{urn.split('$')[-1]}', reason: moved, expires: '2999-12-31'}}\n"
        for urn in sorted(lost)
    )
    assert named
    write(f"{without}allow_replacement:\n{named}")
    assert diffed(capsys, "-e", "dev").verdict.worst == Risk.DATA_LOSS
    monkeypatch.setattr("stackwright.allowances.today", lambda: date(3000, 1, 1))
    assert diffed(capsys, "-e", "dev", code=3).verdict.refused


def test_a_project_that_would_break_is_refused(
    platform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(CHURN, "projects/churn-model.yaml")
    write(BLUEPRINT + "projects: projects/*.yaml\n")
    commit()
    renamed = BLUEPRINT.replace("storage: {kind: s3}", "storage: {lake: {kind: s3}}")
    write(
        renamed.replace("    storage: {log_retention_days: 400}\n", "    labels: {a: b}\n")
        + "projects: projects/*.yaml\n"
    )
    made = diffed(capsys, "HEAD", code=3)
    assert {(one.project, one.environment, one.file, one.line) for one in made.projects} == {
        ("churn-model", "dev", "projects/churn-model.yaml", 6),
        ("churn-model", "prod", "projects/churn-model.yaml", 6),
    }


def test_a_project_that_is_no_longer_registered_is_told(
    platform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(CHURN, "projects/churn-model.yaml")
    write(BLUEPRINT + "projects: projects/*.yaml\n")
    commit()
    told = (
        "projects/churn-model.yaml: churn-model is no longer registered, so what it relies on was"
        " not checked."
    )
    write(BLUEPRINT)
    assert told in diffed(capsys, "HEAD").notes
    git("checkout", "--quiet", "--", ".")
    Path("projects/churn-model.yaml").unlink()
    assert told in diffed(capsys, "HEAD").notes


def test_what_is_allowed_in_vain_is_told(
    platform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    allowed = "allow_replacement: [{resource: NAME, reason: copied, expires: '2027-01-31'}]\n"
    write(BLUEPRINT + allowed.replace("NAME", "aws:s3/bucket:Bucket::storage-dta"))
    assert (
        "allow_replacement names aws:s3/bucket:Bucket::storage-dta, which neither side has in dev"
        " and prod: correct it, or take it out. Did you mean aws:s3/bucket:Bucket::storage-data?"
    ) in diffed(capsys).notes
    write(BLUEPRINT + allowed.replace("NAME", "aws:s3/bucket:Bucket::storage-data"))
    assert not any("allow_replacement" in note for note in diffed(capsys).notes)


def test_a_registration_that_is_broken_is_wrong_input(
    platform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write("name: [\n", "projects/bad.yaml")
    write(BLUEPRINT + "projects: projects/*.yaml\n")
    assert main(["diff"]) == 2
    assert capsys.readouterr().err.startswith("error: head: projects/bad.yaml:")


def test_a_risk_that_is_named_fails(platform: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(BLUEPRINT.replace("400", "200"))
    assert main(["diff", "--fail-on", "routine", "--fail-on", "access"]) == 3
    assert capsys.readouterr().err == "There is a risk that --fail-on names: routine.\n"
    assert main(["diff", "--fail-on", "access"]) == 0


def test_every_risk_can_be_named() -> None:
    from stackwright_cli.commands.diff import RISKS

    assert tuple(Risk) == RISKS


@pytest.mark.parametrize(
    ("format_", "holds"),
    [
        ("markdown", "log_retention_days"),
        ("html", "<!doctype html>"),
        ("sarif", '"version": "2.1.0"'),
    ],
)
def test_every_format_is_given(
    format_: str, holds: str, platform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(BLUEPRINT.replace("400", "200"))
    assert main(["diff", "-e", "prod", "--format", format_]) == 0
    out, err = capsys.readouterr()
    assert holds in out
    assert err == ""


def test_it_is_written_to_a_file(platform: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "-e", "dev", "--format", "json", "-o", "../out.json"]) == 0
    assert capsys.readouterr() == ("", "Wrote ../out.json. Nothing would change.\n")
    assert from_json(Path("../out.json").read_bytes(), "").name == "acme-ml"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--", "--upload-pack=x"], "--upload-pack=x is no revision"),
        (["nothing"], "nothing is no revision"),
        (["-e", "other"], 'no environment is called "other"; there are: dev and prod.'),
        (["--layer", "platform"], "no environment has a layer platform; there are: foundation."),
        (["-f", "other.yaml"], "other.yaml: there is no such file on either side."),
    ],
)
def test_what_cannot_be_meant_is_wrong_input(
    words: list[str], said: str, platform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", *words]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.slow
def test_ctrl_c_leaves_nothing_behind(platform: Path) -> None:
    write(
        "import time, stackwright\nprint('planning', flush=True)\ntime.sleep(60)\n",
        "stacks/foundation/__main__.py",
    )
    commit()
    with subprocess.Popen(
        [sys.executable, "-m", "stackwright_cli", "diff", "HEAD"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "planning\n"
        assert list(platform.parent.parent.glob("stackwright-diff-*"))
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    assert not list(platform.parent.parent.glob("stackwright-diff-*"))
    assert len(git("worktree", "list").splitlines()) == 1
