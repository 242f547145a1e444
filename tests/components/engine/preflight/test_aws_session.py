"""Sessions of single sign-on, with the real reader of their configuration and cache."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from stackwright.checks import AwsAccount
from stackwright.engine.preflight.result import State
from stackwright.engine.preflight.verify import verify_checks

START = "https://acme.awsapps.com/start"
TOKEN = "canary-of-a-token"
CONFIG = f"""
[profile by-session]
sso_session = acme
sso_account_id = 123456789012
sso_role_name = admin
[sso-session acme]
sso_region = eu-west-1
sso_start_url = {START}
[profile by-url]
sso_account_id = 123456789012
sso_role_name = admin
sso_region = eu-west-1
sso_start_url = {START}
[profile by-program]
credential_process = false
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of AWS' own files in the home of somebody who signed in long ago."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / ".aws"
    (folder / "sso/cache").mkdir(parents=True)
    (folder / "config").write_text(CONFIG)
    return folder


def sign_in_long_ago(folder: Path) -> None:
    token = {
        "accessToken": TOKEN,
        "expiresAt": "2020-01-01T00:00:00Z",
        "region": "eu-west-1",
        "startUrl": START,
    }
    for key in ("acme", START):
        name = hashlib.sha1(key.encode()).hexdigest()
        (folder / f"sso/cache/{name}.json").write_text(json.dumps(token))


def found_and_mend() -> tuple[str, str]:
    (result,) = verify_checks([AwsAccount(account="123456789012", region="eu-west-1")])
    assert result.state is State.FAILED
    assert TOKEN not in f"{result.found}{result.mend}"
    return result.found, result.mend


@pytest.mark.parametrize("profile", ["by-session", "by-url"])
def test_a_session_that_is_over_is_told_with_its_end_and_the_command_for_a_new_one(
    profile: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", profile)
    sign_in_long_ago(home)
    assert found_and_mend() == (
        "your AWS session is over since 2020-01-01T00:00:00Z.",
        f"aws sso login --profile {profile}",
    )


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("profile", ["by-session", "by-url"])
def test_a_session_that_never_was_is_told_with_the_command_for_one(
    profile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", profile)
    assert found_and_mend() == (
        "your AWS session is over.",
        f"aws sso login --profile {profile}",
    )


@pytest.mark.usefixtures("home")
def test_a_program_for_credentials_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "by-program")
    assert found_and_mend() == (
        "the program or service that gives your AWS credentials failed.",
        "aws sts get-caller-identity",
    )


def test_a_configuration_that_cannot_be_read_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "by-url")
    (home / "config").write_text("[profile")
    assert found_and_mend() == ("your AWS configuration cannot be read.", "aws configure list")
