from __future__ import annotations

import base64

import pytest

from stackwright.diff.properties.secret_names import (
    Secrecy,
    decoded,
    is_harmless,
    is_named_secret,
    is_reference,
    masked,
    secrecy,
)
from stackwright.plan.graph import JsonValue


@pytest.mark.parametrize(
    "name",
    [
        *("password", "masterPassword", "admin-password", "DB_PASSWORD", "passwordWo", "--token"),
        *("GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "apiKey", "privateKey", "clientSecret"),
        *("secretString", "credentials", "connectionString", "pgpass", "token", "authToken"),
    ],
)
def test_what_is_called_a_secret_is_one(name: str) -> None:
    assert is_named_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        *("secretName", "passwordSecret", "existingSecret", "secretStoreRef", "tokenPath"),
        *(
            "PASSWORD_FILE",
            "TOKEN_URL",
            "AWS_ACCESS_KEY_ID",
            "kmsKeyId",
            "key",
            "keyName",
            "tokens",
        ),
        *("manageMasterUserPasswordEnabled", "publicKey", "secrets", "hashKey", "passwordLength"),
    ],
)
def test_what_says_something_about_a_secret_is_none(name: str) -> None:
    assert not is_named_secret(name)


@pytest.mark.parametrize(
    ("holder", "key", "inherited", "expected"),
    [
        ({"kind": "Secret"}, "data", Secrecy.NONE, Secrecy.WHOLE),
        ({"kind": "Secret"}, "metadata", Secrecy.NONE, Secrecy.NONE),
        ({"kind": "ConfigMap"}, "data", Secrecy.NONE, Secrecy.NONE),
        ({}, "name", Secrecy.WHOLE, Secrecy.WHOLE),
        ({}, "name", Secrecy.NAMED, Secrecy.NONE),
        ({}, "user", Secrecy.NAMED, Secrecy.NAMED),
        ({"name": "DB_PASSWORD"}, "value", Secrecy.NONE, Secrecy.NAMED),
        ({"name": "DB_PASSWORD"}, "valueFrom", Secrecy.NONE, Secrecy.NONE),
        ({"name": "DB_HOST"}, "value", Secrecy.NONE, Secrecy.NONE),
        ({"name": {"$unknown": []}}, "value", Secrecy.NONE, Secrecy.NONE),
    ],
)
def test_where_a_value_stands_tells_how_secret_it_is(
    holder: dict[str, JsonValue], key: str, inherited: Secrecy, expected: Secrecy
) -> None:
    assert secrecy(holder, key, inherited) is expected


@pytest.mark.parametrize("text", ["", "{{ .password }}", "$(DB_PASSWORD)", "${TOKEN}", "$TOKEN"])
def test_a_text_that_names_where_a_secret_is_holds_none(text: str) -> None:
    assert is_reference(text)


@pytest.mark.parametrize("text", ["hunter2", "{{ .a }}b", "$ecret", "$(rm)x"])
def test_any_other_text_may_be_the_secret_itself(text: str) -> None:
    assert not is_reference(text)


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("run --password=hunter2 --verbose", "run --password=[secret] --verbose"),
        ("export TOKEN='a b'\nrun", "export TOKEN=[secret]\nrun"),
        ("user: x\nclient_secret: abc\n", "user: x\nclient_secret: [secret]\n"),
        ('{"apiKey": "abc"', '{"apiKey": [secret]'),
        ("host=h;Password=p;port=1", "host=h;Password=[secret];port=1"),
        ("export TOKEN=$TOKEN\nPASSWORD=${PASSWORD}", "export TOKEN=$TOKEN\nPASSWORD=${PASSWORD}"),
        ("mysql --db-password hunter2 -v; ls", "mysql --db-password [secret] -v; ls"),
        ('-H "Authorization: Bearer abc.def123"', '-H "Authorization: Bearer [secret]"'),
        ("run --token $TOKEN", "run --token $TOKEN"),
        ("the token is in the store", "the token is in the store"),
        ("basic checks pass", "basic checks pass"),
    ],
)
def test_a_longer_text_keeps_all_but_what_it_assigns_to_a_secret(text: str, visible: str) -> None:
    assert masked(text) == visible
    assert not is_harmless(text)


def test_base64_is_looked_into() -> None:
    text = base64.b64encode(b"#!/bin/sh\nexport TOKEN=hunter2\n").decode()
    assert decoded(text) == "#!/bin/sh\nexport TOKEN=hunter2\n"
    assert not is_harmless(text)
    assert is_harmless(base64.b64encode(b"nothing to see here").decode())
    assert [decoded(one) for one in ("short", "not Base64 at all!", "ff" * 32)] == ["", "", ""]


def test_most_texts_are_harmless_long_or_short() -> None:
    assert is_harmless("registry.example.com/acme/churn:1")
    assert is_harmless("nothing to see here " * 50)
    assert not is_harmless("AKIAIOSFODNN7EXAMPLE")
