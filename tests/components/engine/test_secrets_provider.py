"""A new stack gets the secrets provider that was chosen, and a passphrase is asked for early."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest

from stackwright.claims import Layer
from stackwright.engine.command import EngineCommand
from stackwright.engine.secrets_provider import (
    passphrase_problem,
    provider_of_new_stack,
    require_passphrase,
)
from stackwright.engine.workspace import LayerFolder
from stackwright.errors import InputError

KMS = "awskms://alias/acme?region=eu-west-1"

AT_KMS = f"secretsprovider: {KMS}\nencryptedkey: AQICAHg=\n"
AT_PASSPHRASE = "encryptionsalt: v1:salt\n"

LOCAL = "file://../../state"
CLOUD = "https://api.pulumi.com"


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "PULUMI_BACKEND_URL",
        "PULUMI_CONFIG_PASSPHRASE",
        "PULUMI_CONFIG_PASSPHRASE_FILE",
    ):
        monkeypatch.delenv(name, raising=False)


def layer(
    root: Path, backend: str = LOCAL, settings: Mapping[str, str] | None = None
) -> LayerFolder:
    """Return a layer with settings of stacks, by stack; the engine is not run."""
    (root / "Pulumi.yaml").write_text(f"name: acme\nbackend: {{url: '{backend}'}}\n", "utf-8")
    for stack, text in (settings or {}).items():
        (root / f"Pulumi.{stack}.yaml").write_text(text, encoding="utf-8")
    return LayerFolder(Layer.PLATFORM, root, "prod", cast("EngineCommand", None), {})


@pytest.mark.parametrize(
    ("backend", "settings", "provider"),
    [
        (LOCAL, {}, "passphrase"),
        (LOCAL, {"prod": ""}, "passphrase"),
        (LOCAL, {"prod": "secretsprovider: default\n"}, "passphrase"),
        (LOCAL, {"prod": AT_KMS}, KMS),
        (LOCAL, {"prod": AT_KMS, "dev": AT_PASSPHRASE}, KMS),
        (LOCAL, {"prod": AT_PASSPHRASE, "dev": AT_KMS}, "passphrase"),
        (LOCAL, {"dev": AT_KMS}, KMS),
        (LOCAL, {"dev": AT_KMS, "staging": AT_KMS}, KMS),
        (LOCAL, {"dev": AT_KMS, "staging": "config: {}\n"}, KMS),
        (LOCAL, {"dev": AT_KMS, "staging": AT_PASSPHRASE}, "passphrase"),
        (CLOUD, {}, None),
        (CLOUD, {"prod": "config: {}\n"}, None),
        (CLOUD, {"prod": AT_KMS}, KMS),
        (CLOUD, {"dev": AT_PASSPHRASE}, "passphrase"),
    ],
)
def test_the_settings_say_what_encrypts_a_new_stack(
    backend: str, settings: Mapping[str, str], provider: str | None, tmp_path: Path
) -> None:
    assert provider_of_new_stack(layer(tmp_path, backend, settings)) == provider


@pytest.mark.parametrize("text", ["a: [", "- a\n", "\tb"])
def test_settings_that_cannot_be_read_are_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"Pulumi\.prod\.yaml"):
        provider_of_new_stack(layer(tmp_path, settings={"prod": text}))


def test_a_passphrase_that_is_not_given_is_told_once(tmp_path: Path) -> None:
    folder = layer(tmp_path)
    with pytest.raises(InputError) as refused:
        require_passphrase([folder, folder])
    assert str(refused.value) == (
        "a passphrase encrypts the secrets of prod, and it is not given. Set"
        " PULUMI_CONFIG_PASSPHRASE_FILE to a file that holds it, or PULUMI_CONFIG_PASSPHRASE to"
        " itself."
    )


@pytest.mark.parametrize("passphrase", ["canary", ""])
def test_one_that_is_given_is_enough(
    passphrase: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", passphrase)
    require_passphrase([layer(tmp_path)])


def test_a_file_with_it_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "passphrase"
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", str(file))
    problem = passphrase_problem(layer(tmp_path))
    assert problem is not None
    assert problem.file == str(file)
    file.write_text("canary", encoding="utf-8")
    assert passphrase_problem(layer(tmp_path)) is None


@pytest.mark.parametrize(("backend", "settings"), [(CLOUD, {}), (LOCAL, {"prod": AT_KMS})])
def test_where_a_key_encrypts_no_passphrase_is_asked_for(
    backend: str, settings: Mapping[str, str], tmp_path: Path
) -> None:
    require_passphrase([layer(tmp_path, backend, settings)])
