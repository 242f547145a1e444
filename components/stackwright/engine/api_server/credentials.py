"""Runs the program that a kubeconfig names for a token, as kubectl does.

Source: Kubernetes documentation, "Authenticating", section "client-go credential plugins".
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stackwright.engine.api_server.faults import ApiFault, Fault
from stackwright.engine.api_server.kubeconfig import Material, Program
from stackwright.engine.redaction import HIDDEN, Redactor

WITHIN = 20.0
"""Seconds that the program may take."""

_SECRET_OPTION = re.compile(r"secret|token|passw|credential|private-?key|api-?key", re.I)
"""Options of a program after which a secret stands, such as `--oidc-client-secret`."""

_LAST_WORDS = 300
"""Characters of the program's error text that are shown."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What a credential program gave; it is never shown."""

    token: str = field(default="", repr=False)
    certificate: Material = field(default=Material(), repr=False)
    key: Material = field(default=Material(), repr=False)


def ask(program: Program, server: str, within: float = WITHIN) -> Credential:
    """Run the program and return what it gave.

    Args:
        program: From the kubeconfig.
        server: URL of the API server.
        within: Seconds that it may take.

    Raises:
        ApiFault: It is missing, failed, took too long or gave nothing that can be read.
    """
    name = program.command[0]
    try:
        done = subprocess.run(  # noqa: S603 - the user's own kubeconfig names it
            _command(program),
            env=_environment(program, server),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=within,
            check=False,
        )
    except FileNotFoundError as error:
        raise _fault(
            f"{name}, which the kubeconfig takes a token from, is not there.{_hint(program)}"
        ) from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no command"
        raise _fault(
            f"{name}, which the kubeconfig takes a token from, does not run: {why}."
        ) from error
    except subprocess.TimeoutExpired as error:
        raise _fault(f"{name} gave no token within {within:g} seconds.") from error
    if done.returncode:
        said = f"{name} gave no token: {_last_words(program, done.stderr)}"
        raise _fault(said, " ".join(_shown(program.command)))
    return _credential(name, program, done.stdout)


def _command(program: Program) -> list[str]:
    command, *arguments = program.command
    if os.sep in command and not Path(command).is_absolute():
        command = str(Path(program.folder, command))
    return [command, *arguments]


def _environment(program: Program, server: str) -> dict[str, str]:
    request = {
        "apiVersion": program.api_version,
        "kind": "ExecCredential",
        "spec": {"interactive": False, "cluster": {"server": server}},
    }
    return {**os.environ, **program.environment, "KUBERNETES_EXEC_INFO": json.dumps(request)}


def _credential(name: str, program: Program, output: bytes) -> Credential:
    try:
        answer = json.loads(output)
        status: Mapping[str, Any] = answer["status"]
        version = answer.get("apiVersion")
        credential = Credential(
            str(status.get("token") or ""),
            Material(str(status.get("clientCertificateData") or "").encode()),
            Material(str(status.get("clientKeyData") or "").encode()),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _fault(f"what {name} gave is no credential for Kubernetes.") from error
    if version != program.api_version:
        raise _fault(
            f"{name} gave a credential of {version}; the kubeconfig says {program.api_version}."
        )
    if not (credential.token or credential.certificate):
        raise _fault(f"{name} gave neither a token nor a certificate.")
    return credential


def _shown(command: Sequence[str]) -> Iterator[str]:
    """Yield the words of a command, without the values of options that hold a secret."""
    is_secret = False
    for word in command:
        option, sign, _ = word.partition("=")
        names_secret = word.startswith("-") and bool(_SECRET_OPTION.search(option))
        yield HIDDEN if is_secret else f"{option}={HIDDEN}" if names_secret and sign else word
        is_secret = names_secret and not sign


def _last_words(program: Program, text: bytes) -> str:
    redact = Redactor.of_environment({**os.environ, **program.environment})
    arguments = zip(program.command, _shown(program.command), strict=True)
    secrets = [word.partition("=")[2] or word for word, shown in arguments if word != shown]
    words = " ".join(Redactor(secrets)(redact(text.decode(errors="replace"))).split())
    return words[-_LAST_WORDS:] or "it said nothing."


def _hint(program: Program) -> str:
    return f" {program.hint[:_LAST_WORDS]}" if program.hint else ""


def _fault(message: str, mend: str = "") -> ApiFault:
    return ApiFault(Fault.CREDENTIALS, message, mend)
