from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stackwright.engine.api_server import credentials
from stackwright.engine.api_server.faults import ApiFault, Fault
from stackwright.engine.api_server.kubeconfig import Material, Program

V1 = "client.authentication.k8s.io/v1"
TOKEN = "canary-of-a-token"


def answer(status: Any, version: str = V1) -> str:
    return json.dumps({"apiVersion": version, "kind": "ExecCredential", "status": status})


def program(folder: Path, source: str, **more: Any) -> Program:
    file = folder / "give-token"
    file.write_text(f"#!{sys.executable}\nimport json, os, sys\n{source}\n")
    file.chmod(0o700)
    given = {"environment": {}, "api_version": V1, "folder": str(folder), **more}
    return Program(command=("./give-token",), **given)


def printing(folder: Path, text: str, **more: Any) -> Program:
    return program(folder, f"print({text!r})", **more)


def fault_of(given: Program, within: float = 20) -> ApiFault:
    with pytest.raises(ApiFault) as caught:
        credentials.ask(given, "https://a", within)
    assert caught.value.fault is Fault.CREDENTIALS
    return caught.value


@pytest.mark.parametrize("version", [V1, "client.authentication.k8s.io/v1beta1"])
def test_a_program_gives_a_token(version: str, tmp_path: Path) -> None:
    given = printing(tmp_path, answer({"token": TOKEN}, version), api_version=version)
    assert credentials.ask(given, "https://a").token == TOKEN


def test_a_program_gives_a_certificate(tmp_path: Path) -> None:
    status = {"clientCertificateData": "certificate", "clientKeyData": "key"}
    found = credentials.ask(printing(tmp_path, answer(status)), "https://a")
    assert (found.certificate, found.key) == (Material(b"certificate"), Material(b"key"))


def test_a_program_is_told_the_cluster_and_its_own_variables(tmp_path: Path) -> None:
    source = (
        "info = json.loads(os.environ['KUBERNETES_EXEC_INFO'])\n"
        "token = info['spec']['cluster']['server'] + os.environ['PROFILE'] + sys.stdin.read()\n"
        f"print(json.dumps({{'apiVersion': {V1!r}, 'status': {{'token': token}}}}))"
    )
    given = program(tmp_path, source, environment={"PROFILE": "prod"})
    assert credentials.ask(given, "https://a").token == "https://aprod"


def test_a_program_that_is_not_there_is_told_with_its_hint(tmp_path: Path) -> None:
    given = Program(("no-such-program",), {}, V1, str(tmp_path), hint="Get it from example.com")
    assert str(fault_of(given)) == (
        "no-such-program, which the kubeconfig takes a token from, is not there."
        " Get it from example.com"
    )


def test_a_program_that_fails_is_told_in_its_own_words_without_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", TOKEN)
    text = f"Token has expired\\nand refresh failed for {TOKEN}"
    fault = fault_of(program(tmp_path, f"sys.exit('{text}')"))
    assert "Token has expired and refresh failed for" in str(fault)
    assert TOKEN not in str(fault)
    assert fault.mend == "./give-token"


@pytest.mark.parametrize("given", [(f"--client-secret={TOKEN}",), ("--client-secret", TOKEN)])
def test_a_secret_among_the_arguments_of_a_program_is_not_shown(
    given: tuple[str, ...], tmp_path: Path
) -> None:
    failing = program(tmp_path, f"sys.exit('refused {TOKEN}')")
    fault = fault_of(replace(failing, command=(*failing.command, *given, "--region", "eu")))
    assert TOKEN not in f"{fault} {fault.mend}"
    assert fault.mend.endswith("--region eu")


def test_a_secret_that_the_kubeconfig_gives_a_program_is_not_shown(tmp_path: Path) -> None:
    failing = program(tmp_path, f"sys.exit('refused {TOKEN}')")
    fault = fault_of(replace(failing, environment={"CLIENT_SECRET": TOKEN}))
    assert TOKEN not in str(fault)


def test_a_program_that_hangs_is_ended(tmp_path: Path) -> None:
    fault = fault_of(program(tmp_path, "import time; time.sleep(60)"), within=0.5)
    assert str(fault) == "./give-token gave no token within 0.5 seconds."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is no credential"),
        ("<html>", "is no credential"),
        ("[]", "is no credential"),
        ('{"status": 1}', "is no credential"),
        (answer({}), "neither a token nor a certificate"),
        (answer({"token": TOKEN}, "v2"), f"a credential of v2; the kubeconfig says {V1}"),
    ],
)
def test_what_is_no_credential_is_told(text: str, words: str, tmp_path: Path) -> None:
    fault = fault_of(printing(tmp_path, text))
    assert (words in str(fault), TOKEN in str(fault)) == (True, False)


def test_a_program_that_cannot_be_run_is_told(tmp_path: Path) -> None:
    given = printing(tmp_path, "")
    (tmp_path / "give-token").chmod(0o600)
    assert "does not run: Permission denied" in str(fault_of(given))


def test_a_credential_is_not_shown(tmp_path: Path) -> None:
    found = credentials.ask(printing(tmp_path, answer({"token": TOKEN})), "https://a")
    assert TOKEN not in repr(found)
