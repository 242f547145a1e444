"""Tests of the hiding of secrets."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackwright.engine.redaction import HIDDEN, SHORTEST, Redactor

SECRET = 'k3y & <pass> "wörd"/+='

KEY = """\
-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASC
BKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj
-----END PRIVATE KEY-----
"""

SECRETS = st.text(st.characters(exclude_categories=["Cs"]), min_size=SHORTEST, max_size=40)


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        r"k3y \u0026 \u003cpass\u003e \"wörd\"/+=",
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
    ],
)
def test_a_secret_is_hidden_in_every_form_that_text_carries(form: str) -> None:
    redact = Redactor([SECRET])

    found = redact(f"before {form} after")

    assert found.replace('"', "") == f"before {HIDDEN} after"


@given(SECRETS, st.sampled_from(["", "u", "us", "user:"]), st.sampled_from(["", "!", "!!"]))
def test_base64_around_a_secret_does_not_carry_it(secret: str, before: str, after: str) -> None:
    text = base64.b64encode(f"{before}{secret}{after}".encode()).decode()

    found = Redactor([secret])(text)

    # Up to four characters at each end mix the secret with its neighbours.
    left = sum(map(len, found.split(HIDDEN)))
    assert left <= 8 + len(before) * 2 + len(after) * 2


@given(SECRETS, st.text(max_size=30))
def test_a_secret_is_never_left_in_a_text(secret: str, around: str) -> None:
    found = Redactor([secret])(f"{around}{secret}{around}")

    assert secret not in found.replace(HIDDEN, "")


def test_text_without_a_secret_stays_as_it_is() -> None:
    assert Redactor([SECRET])("created 3 resources") == "created 3 resources"
    assert Redactor([])("created 3 resources") == "created 3 resources"


def test_the_variables_that_hold_secrets_are_known_by_their_names() -> None:
    redact = Redactor.of_environment(
        {
            "PULUMI_CONFIG_PASSPHRASE": "passphrase-1",
            "PULUMI_ACCESS_TOKEN": "token-22222",
            "AWS_SECRET_ACCESS_KEY": "aws-333333",
            "PGPASSWORD": "database-4",
            "AWS_WEB_IDENTITY_TOKEN_FILE": "/var/run/token",
            "AWS_REGION": "eu-west-1",
            "HOME": "/home/somebody",
        }
    )

    hidden = "passphrase-1 token-22222 aws-333333 database-4"
    assert redact(hidden) == " ".join([HIDDEN] * 4)
    assert redact("/var/run/token eu-west-1 /home/somebody") == (
        "/var/run/token eu-west-1 /home/somebody"
    )


def test_a_value_too_short_to_be_a_secret_is_left() -> None:
    redact = Redactor.of_environment({"TOKENIZERS_PARALLELISM_TOKEN": "false"})

    assert redact("it is false") == "it is false"


def test_the_passphrase_in_a_file_is_hidden(tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text("correct horse battery\n", encoding="utf-8")

    redact = Redactor.of_environment({"PULUMI_CONFIG_PASSPHRASE_FILE": str(file)})

    assert redact("it is correct horse battery.") == f"it is {HIDDEN}."


def test_a_passphrase_file_that_is_not_there_hides_nothing(tmp_path: Path) -> None:
    variables = {"PULUMI_CONFIG_PASSPHRASE_FILE": str(tmp_path / "missing")}

    assert Redactor.of_environment(variables)("a text") == "a text"


def test_each_line_of_a_key_is_hidden_alone_as_logs_indent_it() -> None:
    redact = Redactor.of_environment({"SIGNING_PRIVATE_KEY": KEY})

    found = redact("".join(f"    {line}\n" for line in KEY.splitlines()))

    assert "MIIEvQ" not in found
    assert "BKcwgg" not in found
    assert "-----BEGIN PRIVATE KEY-----" in found


def test_the_longest_form_is_as_long_as_the_redactor_says() -> None:
    redact = Redactor(["ü" * 10])

    assert redact.longest == len(quote("ü" * 10))
    assert Redactor([]).longest == 0


def test_a_value_that_is_no_unicode_is_hidden() -> None:
    secret = b"caf\xe9-secret".decode("utf-8", "surrogateescape")

    assert Redactor([secret])(f"it is {secret}") == f"it is {HIDDEN}"
