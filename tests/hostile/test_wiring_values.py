"""Hostile wiring: each value is refused, or is inert when the written file is parsed back.

The numbers of the categories are those of the hostile inputs of blueprints: 40 to 60 are texts,
69 are URLs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackwright.wiring import CONTRACTS, value_problems
from stackwright_cli import main
from stackwright_cli.projects.wiring_file import KnownEntry, ProjectWiring, RecordedSource

GOOD: dict[str, str] = {
    "ObjectStore.data_url": "s3://acme-data",
    "ObjectStore.artifacts_url": "s3://acme-artifacts/runs",
    "ObjectStore.region": "eu-west-1",
    "ObjectStore.endpoint": "https://s3.example.com:9000",
    "ImageRegistry.url": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/prod",
    "ExperimentTracker.uri": "http://tracking.acme-prod-tracking.svc:5000",
    "ExperimentTracker.artifact_root": "s3://acme-artifacts/tracking-artifacts",
    "ModelServer.namespace": "acme-prod-serving",
    "ModelServer.service_account": "model",
    "ModelServer.mode": "InferenceService",
    "Monitoring.label": "kube-prometheus-stack",
    "Monitoring.prometheus_url": "http://127.0.0.1:9090",
    "WorkloadIdentity.role_prefix": "arn:aws:iam::123456789012:role/acme-prod-",
    "Delivery.role_prefix": "arn:aws-us-gov:iam::123456789012:role/acme-prod-ci-",
}
"""A good value for each key that holds text."""

SECRET_KEYS = {"ObjectStore.access_key_id", "ObjectStore.secret_access_key"}
"""Keys that hold where a secret is kept."""

NAMES = {
    "ObjectStore.region",
    "ModelServer.namespace",
    "ModelServer.service_account",
    "Monitoring.label",
}
"""Keys whose values are words: a word that means something elsewhere is one, and is inert."""

TEXTS: dict[str, list[str]] = {
    "40 blank": ["", " ", "\t", "\u00a0", "\u3000"],
    "41 too long": ["a" * 64, "a" * 1000, "s3://" + "a" * 64, "https://" + "a." * 300 + "com"],
    "42 form": ["-a", "a-", "a_b-", "A_", ".a", "_a", "a.", "Ä"],
    "43 trailing newline": [f"{good}\n" for good in GOOD.values()],
    "44 look-alikes": [
        "\u0430cme",
        "a\u200bcme",
        "a\u202ecme",
        "acme\U0001f600",
        "e\u0301",
        "\uff41",
    ],
    "45 lone surrogate": ["\ud800", "a\udfffb"],
    "46 paths": [
        "..",
        "../a",
        "/etc/passwd",
        "~",
        "~root",
        "C:\\a",
        "\\\\host\\a",
        "a\\b",
        "a/../b",
    ],
    "47 devices": ["nul.", "con ", "aux:"],
    "48 templates": ["{{ a }}", "{= a =}", "{% a %}", "${a}", "%(a)s", "#{a}", "<%= a %>"],
    "49 shell": ["$(id)", "`id`", "a;id", "a|id", "a&id", "a\nid", "a>b", "'a'", '"a"', "a b", "*"],
    "50 leading hyphen": ["-rf", "--help", "-"],
    "51 YAML": ["a: b", "- a", "[a]", "{a: b}", "a #b", "&a", "*a", "!!a", "|", "? a", "---"],
    "52 make": ["$(shell id)", "a#b", "\ta", "a\\\n", "$$", "%.o", "a:=b"],
    "53 actions": ["${{ secrets.A }}", "::set-output name=a::b", "::add-mask::a", "a%0Ab"],
    "54 gitlab": ["$CI_JOB_TOKEN", "!reference [a, b]", "$[[ inputs.a ]]"],
    "55 quoting": ['a"b', "a'b", '"""', "a\\", "a=b=", "a';DROP TABLE b--", "<a>", "[a]\nb=c"],
    "57 markup": ["@someone", "![a](b)", "[a](b)", "<img src=a>", "**a**", "#1", "<!-- a -->"],
    "58 terminal": ["\x1b[31ma", "a\x07", "a\rb", "a\x00b", "\x9b31m", "a\x7f"],
    "59 pairs": ["a::b", "a:b", "urn:pulumi:a", "a=b"],
}
"""Texts that no key takes."""

WORDS: dict[str, list[str]] = {
    "47 devices": ["con", "nul", "com1"],
    "51 YAML": ["no", "on", "null", "1e5", "0x10", "123"],
    "56 Python": ["class", "import", "os", "json", "1a"],
    "60 reserved": ["xn--a", "aws", "sthree-a"],
}
"""Words that mean something to another program; a key for a name may hold them."""

ADDRESSES = [
    "169.254.169.254",
    "169.254.0.1",
    "2852039166",
    "0xa9fea9fe",
    "0xA9.0xFE.0xA9.0xFE",
    "0251.0376.0251.0376",
    "025177524776",
    "169.16689662",
    "169.254.43518",
    "169.254.169.0376",
    "0.0.0.0",
    "0",
    "127.1",
    "224.0.0.1",
    "255.255.255.255",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "256.1.1.1",
    "1.2.3.4.5",
    "metadata.google.internal",
    "METADATA.google.Internal",
    "metadata",
    "metadata.goog",
    "instance-data",
    "instance-data.ec2.internal",
]
"""Hosts that give out credentials, that are nobody, and other spellings of both."""

ADDRESSES_6 = [
    "fe80::1",
    "FE80::a9fe:a9fe",
    "fd00:ec2::254",
    "fd00:0ec2:0:0:0:0:0:254",
    "fd20:ce::254",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "::a9fe:a9fe",
    "::169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "::",
    "ff02::1",
    "fe80::1%eth0",
    "fe80::1%25eth0",
    "1::2::3",
]

URLS = [
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:text/plain,a",
    "gopher://a.example",
    "ftp://a.example",
    "ssh://a.example",
    "s3://a.example",
    "HTTP://a.example",
    "//a.example",
    "a.example",
    "http:a.example",
    "http:/a.example",
    "http://",
    "http:///a",
    "http://user@a.example",
    "http://user:hunter22@a.example",
    "https://:hunter22@a.example",
    "http://a.example@169.254.169.254",
    "http://a.example#@b.example",
    "http://a.example?x=1",
    "http://a.example#x",
    "http://a.example:0",
    "http://a.example:65536",
    "http://a.example:99999",
    "http://a.example:",
    "http://a.example:80a",
    "http://a.example/../b",
    "http://a.example/./b",
    "http://a.example//b",
    "http://a.example/%2e%2e/b",
    "http://a.example/b/",
    "http://a.example/ b",
    "http://a.example\\b",
    "http://a.example\t",
    "http://exämple.com",
    "http://a.example.",
    "http://-a.example",
    "http://a..example",
    "http://a_b.example",
    "http://169%2e254.169.254",
    "http://%31",
    "http://[::1",
    "http://[::1]x",
    "http://[a]",
    "http://a.example\r\nHost: b",
    "http://a.example,b.example",
]

STORE_URLS = [
    "s3:acme",
    "s3:///acme",
    "s3://",
    "s3://a",
    "s3://ab",
    "s3://Acme",
    "s3://acme_data",
    "s3://acme/",
    "s3://acme//b",
    "s3://acme/../b",
    "s3://acme/.b",
    "s3://acme/b c",
    "s3://acme/%2e%2e/b",
    "s3://acme?versionId=1",
    "s3://acme#b",
    "s3://user:hunter22@acme",
    "s3://acme:443/b",
    "s3://169.254.169.254/b",
    "s3://acme..data",
    "s3://-acme",
    "s3://acme-",
    "s3://xn--acme",
    "s3://sthree-acme",
    "s3://amzn-s3-demo-acme",
    "s3://acme-s3alias",
    "s3://acme--ol-s3/b",
    "s3://acme.mrap",
    "S3://acme",
    "s3a://acme",
    "gs://acme",
    "https://acme.s3.amazonaws.com",
    "file:///srv/acme",
    "s3://acme/{{ b }}",
    "s3://acme/$(id)",
]

REGISTRIES = [
    "https://ghcr.io/acme",
    "ghcr.io",
    "ghcr.io/acme:latest",
    "ghcr.io/acme@sha256:" + "a" * 64,
    "GHCR.io/acme",
    "ghcr.io/Acme",
    "user:hunter22@ghcr.io/acme",
    "ghcr.io//acme",
    "ghcr.io/acme/",
    "ghcr.io/../acme",
    "acme",
    "docker/acme",
    "169.254.169.254/acme",
    "0xa9.0xfe.0xa9.0xfe/acme",
    "metadata.google.internal/acme",
    "2852039166:80/acme",
    "localhost:0/acme",
    "localhost:99999/acme",
    "ghcr.io/acme b",
]

ROLES = [
    "arn:aws:iam::123456789012:role/",
    "arn:aws:iam::123456789012:role/acme",
    "arn:aws:iam::123456789012:role/*-",
    "arn:aws:iam::*:role/acme-",
    "arn:aws:iam::12345678901:role/acme-",
    "arn:aws:iam::123456789012:user/acme-",
    "arn:aws:iam:eu-west-1:123456789012:role/acme-",
    "arn:aws:sts::123456789012:assumed-role/acme-",
    "arn:aws:s3:::acme-",
    "arn:evil:iam::123456789012:role/acme-",
    "arn:aws:iam::123456789012:role/../acme-",
    "arn:aws:iam::123456789012:role/" + "a" * 64 + "-",
    "arn:aws:iam::123456789012:role/acme-\n",
    " arn:aws:iam::123456789012:role/acme-",
]

OF_OTHER_FORM: dict[str, list[str]] = {
    **{
        key: URLS
        + [f"http://{address}/a".removesuffix("/a") for address in ADDRESSES]
        + [f"https://[{address}]:443" for address in ADDRESSES_6]
        for key in ("ObjectStore.endpoint", "ExperimentTracker.uri", "Monitoring.prometheus_url")
    },
    "ObjectStore.data_url": STORE_URLS,
    "ObjectStore.artifacts_url": STORE_URLS,
    "ExperimentTracker.artifact_root": STORE_URLS,
    "ImageRegistry.url": [text for text in REGISTRIES if text != "ghcr.io"],
    "WorkloadIdentity.role_prefix": ROLES,
    "Delivery.role_prefix": ROLES,
    "ModelServer.namespace": ["default", "kube-system", "kube-public", "kube-", "A", "a.b", "a_b"],
    "ModelServer.service_account": ["default", "A", "a.b", "a_b"],
    "ModelServer.mode": ["inferenceservice", "Pod", "Deployment ", "deployment", "class"],
    "Monitoring.label": ["a/b", "-a", "a-", "ü"],
    "ObjectStore.region": ["EU-WEST-1", "eu_west_1", "eu.west", "-eu", "eu-"],
}
"""What the type of one key refuses, besides the texts that all refuse."""


def problems(name: str, value: object) -> list[str]:
    contract, _, key = name.partition(".")
    others = CONTRACTS[contract].keys() - {key}
    return [str(found) for found in value_problems(contract, {key: value}, "o.json", (), others)]


def written(name: str, value: str) -> str:
    return ProjectWiring(
        schema="stackwright.project-wiring/v1",
        platform="acme",
        environment="dev",
        project="churn",
        production=True,
        source=RecordedSource(kind="outputs", sha256="0" * 64),
        values={name: KnownEntry(value=value)},
    ).text()


def require_inert(name: str, value: str) -> None:
    """Require that the written file is one of plain ASCII, which gives the very value back."""
    text = written(name, value)
    assert json.loads(text)["values"] == {name: {"state": "known", "value": value}}
    assert re.fullmatch(r"[ -~\n]+", text)


def test_every_key_of_the_wiring_is_tried_here() -> None:
    keys = {f"{name}.{key}" for name, model in CONTRACTS.items() for key in sorted(model.keys())}
    assert keys == set(GOOD) | SECRET_KEYS
    assert set(OF_OTHER_FORM) == set(GOOD)


@pytest.mark.parametrize(("name", "value"), GOOD.items())
def test_a_good_value_is_taken_and_written(name: str, value: str) -> None:
    assert problems(name, value) == []
    require_inert(name, value)


@pytest.mark.parametrize("category", TEXTS)
@pytest.mark.parametrize("name", GOOD)
def test_a_hostile_text_is_refused_by_every_key(name: str, category: str) -> None:
    for text in TEXTS[category]:
        assert problems(name, text), text
        assert all(re.fullmatch(r"[^\x00-\x1f\x7f-\x9f]+", said) for said in problems(name, text))


@pytest.mark.parametrize("category", WORDS)
@pytest.mark.parametrize("name", GOOD)
def test_a_word_with_a_meaning_elsewhere_is_refused_or_inert(name: str, category: str) -> None:
    for word in WORDS[category]:
        if problems(name, word):
            assert name not in NAMES or name == "Monitoring.label", word
        else:
            assert name in NAMES
            require_inert(name, word)


def each_of_its_own() -> Iterator[tuple[str, str]]:
    for name, texts in OF_OTHER_FORM.items():
        for text in texts:
            yield name, text


@pytest.mark.parametrize(("name", "text"), list(each_of_its_own()))
def test_what_the_keys_own_type_forbids_is_refused(name: str, text: str) -> None:
    said = problems(name, text)
    assert said
    assert "hunter22" not in "".join(said)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:5000",
        "http://localhost:5000/mlflow",
        "http://[::1]:5000",
        "https://[2001:db8::1]",
        "http://10.0.0.7",
        "http://192.168.1.1:8080/a/b-c_d.e~f",
        "https://tracking.example.com",
        "http://tracking:5000",
        "http://metadata.example.com",
        "http://1password.example",
    ],
)
def test_loopback_private_and_public_hosts_may_be_asked(url: str) -> None:
    assert problems("ExperimentTracker.uri", url) == []
    require_inert("ExperimentTracker.uri", url)


@pytest.mark.parametrize("url", ["localhost:5000", "127.0.0.1:5000/a", "ghcr.io/a/b__c-d.e"])
def test_registries_near_and_far_are_taken(url: str) -> None:
    assert problems("ImageRegistry.url", url) == []


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("value", [None, 1, 1.5, True, [], {}, ["a"], {"a": "b"}])
def test_what_is_no_text_is_refused(name: str, value: object) -> None:
    if name == "ObjectStore.endpoint" and value is None:
        return
    assert problems(name, value)


@pytest.mark.parametrize("name", sorted(SECRET_KEYS))
@pytest.mark.parametrize(
    "value",
    [
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "hunter22",
        {"from": "kubernetes", "namespace": "a", "name": "b"},
        {"from": "kubernetes", "namespace": "A;", "name": "b", "key": "c"},
        {"from": "file", "name": "/etc/passwd", "key": "root"},
        {"from": "kubernetes", "namespace": "a", "name": "b", "key": "c", "value": "hunter22"},
        {"value": "hunter22"},
    ],
)
def test_a_secret_is_named_and_never_written(name: str, value: object) -> None:
    said = "".join(problems(name, value))
    assert said
    assert "hunter22" not in said
    assert "wJalr" not in said


@pytest.mark.parametrize("name", GOOD)
def test_what_looks_like_a_secret_is_refused_and_not_shown(name: str) -> None:
    secret = "AKIAABCDEFGHIJKLMNOP"
    for text in (secret, f"s3://acme/{secret}", f"http://a.example/{secret}", f"ghp_{'a' * 36}"):
        said = "".join(problems(name, text))
        assert said
        assert secret not in said
        assert "ghp_aaaa" not in said


@given(st.sampled_from(sorted(GOOD)), st.text(max_size=80))
def test_any_text_is_refused_or_gives_itself_back(name: str, text: str) -> None:
    if not problems(name, text):
        require_inert(name, text)
        assert re.fullmatch(r"[A-Za-z0-9:/.\[\]_+=,@~-]+", text)


@given(st.data())
def test_no_change_of_a_good_value_lets_a_sign_through(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(GOOD)))
    good = GOOD[name]
    at = data.draw(st.integers(0, len(good)))
    sign = data.draw(st.sampled_from("\0\n\r\t \"'`$\\{}()<>|&;*?#%!^\x1b\x7f\u202e\u200b\u00e9"))
    assert problems(name, good[:at] + sign + good[at:])


WIRING: dict[str, Any] = {
    "schema": "stackwright.wiring/v1",
    "platform": "acme",
    "environment": "dev",
    "target": "existing-cluster",
    "profile": "development",
    "tools": {"tracking": {"uri": "http://mlflow:5000", "artifact_root": "s3://acme/runs"}},
    "contracts": {"tracking": "ExperimentTracker"},
}

LOCK = {
    "schema": "stackwright.lock/v1",
    "template": {"name": "tiny", "version": "1.0.0", "digest": f"sha256:{'0' * 64}"},
    "answers": {"project_slug": "churn"},
    "wiring": {"ExperimentTracker": {"uri": "required"}},
    "files": {},
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "stackwright.lock").write_text(json.dumps(LOCK), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def changed(**values: Any) -> dict[str, Any]:
    return {**WIRING, **values}


def tracking(**values: Any) -> dict[str, Any]:
    return changed(tools={"tracking": {**WIRING["tools"]["tracking"], **values}})


FILES: dict[str, tuple[bytes | dict[str, Any], str]] = {
    "empty": (b"", "this is not valid JSON"),
    "no UTF-8": (b'{"a": "\xff"}', "this is not valid JSON"),
    "a list": (b"[]", "this JSON holds no object"),
    "cut short": (json.dumps(WIRING).encode()[:-9], "this is not valid JSON"),
    "deep": (b'{"a":' * 100_000, "it is nested too deeply"),
    "deep wiring": (
        b'{"wiring": {"tools": ' + b'{"a":' * 60 + b"1" + b"}" * 62,
        "this is no wiring: it is nested more than 16 levels deep",
    ),
    "twice": (b'{"wiring": {}, "wiring": {}}', 'the key "wiring" stands twice'),
    "no wiring": ({"kubeconfig": "a"}, "this JSON has no key wiring"),
    "a secret output": ({"wiring": "[secret]"}, 'the output wiring is "[secret]", no object'),
    "another schema": (changed(schema="stackwright.wiring/v2"), "this JSON is of schema"),
    "an empty plan": (
        {"schema": "stackwright.plan/v1", "wiring": {}},
        "this plan promises nothing to projects",
    ),
    "unknown key": (changed(token="a"), "token: there is no such key"),
    "unknown target": (changed(target="moon"), 'target: "moon" is not allowed here'),
    "odd platform": (changed(platform="../a"), "platform: "),
    "odd environment": (changed(environment="prod;id"), "environment: "),
    "odd instance": (changed(tools={"a b": {}}, contracts={"a b": "ModelServer"}), "a b"),
    "unknown contract": (
        changed(tools={"x": {}}, contracts={"x": "Rootkit"}),
        'contracts.x: "Rootkit" is no contract',
    ),
    "tool without contract": (changed(contracts={}), "contracts: tracking is missing here"),
    "contract without tool": (changed(tools={}), "tools: tracking is missing here"),
    "unknown key of a tool": (tracking(password="a"), "tools.tracking.password"),
    "missing key": (
        changed(tools={"tracking": {"uri": "http://mlflow"}}),
        "tools.tracking.artifact_root: this key is missing",
    ),
    "metadata": (tracking(uri="http://169.254.169.254/"), "tools.tracking.uri"),
    "a secret value": (
        tracking(uri={"$secret": ["a"]}),
        "tools.tracking.uri: a mapping is written",
    ),
    "an odd unknown value": (
        tracking(uri={"$unknown": ["a"], "b": 1}),
        "tools.tracking.uri: a mapping is written",
    ),
    "a symbol under an unknown key": (
        tracking(evil="${output:urn:pulumi:a::b::c::d#e}"),
        "tools.tracking.evil: there is no such key",
    ),
    "lone surrogate": (b'{"wiring": {"platform": "\\ud800"}}', "wiring"),
    "another environment": (changed(environment="prod"), "this is the wiring of environment prod"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_hostile_file_is_refused_in_words_and_nothing_is_written(
    project: Path, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    content, said = FILES[case]
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    (project / "outputs.json").write_bytes(data)
    assert main(["wire", "-e", "dev", "--from", "outputs.json"]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "outputs.json" in error
    assert "Traceback" not in error
    assert sorted(path.name for path in project.iterdir()) == ["outputs.json", "stackwright.lock"]


@pytest.mark.parametrize(
    "symbol",
    [
        "${output:urn:pulumi:a::b::c::$(id)\x1b[31m<script>#uri}",
        {"$unknown": ["<script>"]},
        {"$unknown": [5]},
        {"$unknown": []},
        {"$unknown": 5},
    ],
)
def test_a_symbol_full_of_tricks_is_told_without_its_words(
    project: Path, symbol: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "outputs.json").write_text(json.dumps(tracking(uri=symbol)), encoding="utf-8")
    assert main(["wire", "-e", "dev", "--from", "outputs.json"]) == 0
    assert "pending ExperimentTracker.uri: an output of the platform" in capsys.readouterr().out
    made = json.loads((project / "wiring/dev.json").read_text(encoding="utf-8"))
    assert made["values"]["ExperimentTracker.uri"] == {
        "state": "pending",
        "from": "an output of the platform",
    }
