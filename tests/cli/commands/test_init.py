"""`stackwright init`."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
import yaml

from stackwright import __version__
from stackwright_cli import console, main
from stackwright_cli.presets import PRESETS, TARGETS


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("target", TARGETS)
def test_every_preset_validates_and_plans(
    preset: str, target: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", "acme", "--preset", preset, "--target", target]) == 0
    capsys.readouterr()
    assert main(["validate", "-f", "acme/blueprint.yaml", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    environment = answer["environments"][-1]
    assert main(["plan", "-f", "acme/blueprint.yaml", "-e", environment]) == 0
    assert capsys.readouterr().out.startswith(f"acme, environment {environment}, on {target}\n")


def test_the_files_of_a_platform_on_aws(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "acme-ml", "--preset", "production", "--target", "aws"]) == 0
    files = tree(folder / "acme-ml")
    assert list(files) == [
        ".gitignore",
        "README.md",
        "blueprint.yaml",
        "requirements.txt",
        "stacks/foundation/Pulumi.yaml",
        "stacks/foundation/__main__.py",
        "stacks/platform/Pulumi.yaml",
        "stacks/platform/__main__.py",
        "state/.gitignore",
    ]
    assert files["requirements.txt"] == f"stackwright[aws]=={__version__}\n"
    assert files["stacks/foundation/Pulumi.yaml"].startswith("name: acme-ml-foundation\n")
    assert 'stackwright.build("platform")' in files["stacks/platform/__main__.py"]
    assert "PLATFORM" not in "".join(files.values())
    assert capsys.readouterr() == (
        "Made acme-ml with 9 files.\n"
        "\n"
        "Replace the 3 example values in acme-ml/blueprint.yaml (look for EXAMPLE).\n"
        "See what it would make: stackwright plan -f acme-ml/blueprint.yaml -e dev\n",
        "",
    )


def test_an_existing_cluster_has_no_foundation(folder: Path) -> None:
    assert main(["init", "acme", "--preset", "starter", "--target", "existing-cluster"]) == 0
    files = tree(folder / "acme")
    assert [name for name in files if name.startswith("stacks/")] == [
        "stacks/platform/Pulumi.yaml",
        "stacks/platform/__main__.py",
    ]
    assert files["requirements.txt"] == f"stackwright[kubernetes]=={__version__}\n"


def test_a_value_that_was_given_is_no_example(folder: Path) -> None:
    values = ["--set", "target.account=210987654321", "--set", "tracking.replicas=3"]
    assert main(["init", "acme", "--preset", "starter", "--target", "aws", *values]) == 0
    text = (folder / "acme" / "blueprint.yaml").read_text(encoding="utf-8")
    assert '  account: "210987654321"  # Account of 12 digits.\n' in text
    assert "tracking: {kind: mlflow, replicas: 3}" in text


def test_a_kind_that_was_given_brings_its_own_keys(folder: Path) -> None:
    values = ["--set", "serving.kind=deployment", "--set", "serving.replicas=3"]
    code = main(["init", "acme", "--preset", "production", "--target", "aws", *values[:2]])
    assert code == 0
    text = (folder / "acme" / "blueprint.yaml").read_text(encoding="utf-8")
    assert "serving:  # Models that answer requests.\n  kind: deployment\n" in text
    assert "kserve" not in text


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (["acme", "--name", "other-ml"], "other-ml"),
        (["acme", "--set", "name=other-ml"], "other-ml"),
        (["Acme ML (2026)"], "acme-ml-2026"),
        (["a-name-that-is-far-too-long"], "a-name-that-is"),
        (["aws-production"], "production"),
        (["2026 ML"], "ml"),
        (["0"], "acme-ml"),
    ],
)
def test_the_name_is_given_or_that_of_the_folder(given: list[str], name: str, folder: Path) -> None:
    assert main(["init", *given, "--preset", "starter", "--target", "aws"]) == 0
    text = (folder / given[0] / "blueprint.yaml").read_text(encoding="utf-8")
    assert f"\nname: {name}  # " in text
    project = (folder / given[0] / "stacks" / "platform" / "Pulumi.yaml").read_text("utf-8")
    assert project.startswith(f"name: {name}-platform\n")


def test_nothing_is_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "README.md").write_text("mine\n", encoding="utf-8")
    (folder / "blueprint.yaml").write_text("mine\n", encoding="utf-8")
    assert main(["init", ".", "--preset", "starter", "--target", "aws"]) == 2
    assert capsys.readouterr() == (
        "",
        "error: blueprint.yaml: this file exists; nothing is overwritten.\n"
        "error: README.md: this file exists; nothing is overwritten.\n"
        "2 problems.\n",
    )
    assert tree(folder) == {"README.md": "mine\n", "blueprint.yaml": "mine\n"}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            ["target.acount=1", "tracking.replica=3"],
            "error: no key is called target.acount. Did you mean target.account?\n"
            "error: no key is called tracking.replica. Did you mean tracking.replicas?\n"
            "2 problems.\n",
        ),
        (
            ["tracking.replicas=eleven"],
            'error: tracking.replicas: "eleven" is text; a whole number from 1 to 10 is expected.'
            "\n1 problem.\n",
        ),
        (
            ["network.zones=[a"],
            "error: network.zones: this is not valid YAML: the bracket that opens here is not"
            " closed, or a comma is missing in it.\n1 problem.\n",
        ),
        (
            ["foo"],
            "error: --set foo: KEY=VALUE is expected.\nSee 'stackwright init --help'.\n",
        ),
        (
            ["profile=a", "profile=b"],
            "error: --set profile is given twice.\nSee 'stackwright init --help'.\n",
        ),
    ],
)
def test_a_wrong_value_is_refused_before_anything_is_written(
    values: list[str], message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [part for value in values for part in ("--set", value)]
    assert main(["init", "acme", "--preset", "starter", "--target", "aws", *given]) == 2
    assert capsys.readouterr() == ("", message)
    assert list(folder.iterdir()) == []


def test_a_wrong_name_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "acme", "--preset", "starter", "--target", "aws", "--name", "A"]) == 2
    assert capsys.readouterr().err.startswith("error: name: ")
    assert list(folder.iterdir()) == []


def test_at_a_terminal_only_what_was_not_given_is_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def ask(question: str, default: str) -> str:
        asked.append(question)
        return "210987654321" if question.startswith("target.account") else default

    monkeypatch.setattr(console, "ask", ask)
    role = "[arn:aws:iam::210987654321:role/admin]"
    given = ["--target", "aws", "--set", f"cluster.administrators={role}"]
    assert main(["init", "acme", *given]) == 0
    assert [question.partition(": ")[0] for question in asked] == [
        "Preset (starter, team, production)",
        "Name of the platform",
        "State (local, s3://BUCKET?region=REGION, pulumi-cloud)",
        "target.account",
    ]
    text = (folder / "acme" / "blueprint.yaml").read_text(encoding="utf-8")
    assert "EXAMPLE" not in text
    assert 'account: "210987654321"' in text


def test_an_answer_that_is_no_preset_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(console, "ask", lambda question, default: "huge")
    assert main(["init", "acme"]) == 2
    assert capsys.readouterr().err == (
        "error: preset 'huge' is not one of starter, team, production.\n"
        "See 'stackwright init --help'.\n"
    )


def test_an_empty_folder_name_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", ""]) == 2
    assert capsys.readouterr().err.startswith("error: DIR is empty; ")
    assert list(folder.iterdir()) == []


def test_the_next_command_can_be_pasted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "a b"]) == 0
    assert "stackwright plan -f 'a b/blueprint.yaml'" in capsys.readouterr().out


BUCKET = "s3://acme-state?region=eu-west-1"
KEY = "awskms://alias/acme?region=eu-west-1"


def projects(folder: Path) -> list[Path]:
    return [folder / "stacks" / layer / "Pulumi.yaml" for layer in ("foundation", "platform")]


def backends(folder: Path) -> list[str]:
    return [
        yaml.safe_load(path.read_text(encoding="utf-8"))["backend"]["url"]
        for path in projects(folder)
    ]


def test_state_is_kept_beside_the_blueprint_for_its_owner_alone(folder: Path) -> None:
    assert main(["init", "acme", "--preset", "starter", "--target", "aws"]) == 0
    assert backends(folder / "acme") == ["file://../../state?dir_file_mode=0700"] * 2
    state = folder / "acme" / "state"
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert (state / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert "PULUMI_CONFIG_PASSPHRASE_FILE" in (folder / "acme" / "README.md").read_text("utf-8")


def test_state_in_a_bucket_is_encrypted_by_a_key(folder: Path) -> None:
    given = ["--preset", "team", "--target", "aws", "--state", BUCKET, "--secrets", KEY]
    assert main(["init", "acme", *given]) == 0
    files = tree(folder / "acme")
    assert backends(folder / "acme") == [f"{BUCKET}&awssdk=v2"] * 2
    settings = {path: yaml.safe_load(text) for path, text in files.items() if ".dev." in path}
    assert settings == {
        "stacks/foundation/Pulumi.dev.yaml": {"secretsprovider": KEY},
        "stacks/platform/Pulumi.dev.yaml": {"secretsprovider": KEY},
    }
    assert "stacks/platform/Pulumi.prod.yaml" in files
    assert not any(path.startswith("state/") for path in files)
    assert f"stack select --create dev --secrets-provider '{KEY}'\n" in files["README.md"]
    assert "PASSPHRASE" not in files["README.md"]


def test_state_in_pulumi_cloud_needs_nothing_more(folder: Path) -> None:
    given = ["--preset", "team", "--target", "aws", "--state", "pulumi-cloud"]
    assert main(["init", "acme", *given]) == 0
    assert backends(folder / "acme") == ["https://api.pulumi.com"] * 2
    assert not any("Pulumi." in path.replace("Pulumi.yaml", "") for path in tree(folder / "acme"))


def test_a_program_keeps_what_it_says_beside_the_state(folder: Path) -> None:
    assert main(["init", "acme", "--preset", "starter", "--target", "aws"]) == 0
    for path in projects(folder / "acme"):
        project = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert project["config"] == {"pulumi:disable-default-providers": ["aws", "kubernetes"]}


def test_what_encrypts_secrets_is_asked_where_there_is_a_choice(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(question: str, default: str) -> str:
        return KEY if question.startswith("Secrets in it") else default

    monkeypatch.setattr(console, "ask", ask)
    given = ["--preset", "starter", "--target", "aws", "--state", BUCKET]
    assert main(["init", "acme", *given]) == 0
    text = tree(folder / "acme")["stacks/platform/Pulumi.dev.yaml"]
    assert yaml.safe_load(text) == {"secretsprovider": KEY}


def test_a_wrong_place_is_refused_before_anything_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--preset", "starter", "--target", "aws", "--state", "s3://acme-state"]
    assert main(["init", "acme", *given]) == 2
    assert capsys.readouterr().err == (
        "error: --state: no region is given; a region of AWS is expected, such as"
        " ?region=eu-west-1.\n1 problem.\n"
    )
    assert list(folder.iterdir()) == []
