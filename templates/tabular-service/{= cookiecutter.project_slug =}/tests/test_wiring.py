"""Wiring is read as untrusted, and what it does not say stops a command with words."""

import json
from pathlib import Path
from typing import Any

import pytest

from {= cookiecutter.package_name =} import PROJECT
from {= cookiecutter.package_name =}.environment import open_environment
from {= cookiecutter.package_name =}.errors import InputError
from {= cookiecutter.package_name =}.wiring import read_wiring


def known(value: str) -> dict[str, str]:
    return {"state": "known", "value": value}


def wiring(**changes: Any) -> dict[str, Any]:
    return {
        "schema": "stackwright.project-wiring/v1",
        "platform": "acme-ml",
        "environment": "dev",
        "project": PROJECT,
        "production": False,
        "values": {
            "ExperimentTracker.uri": known("http://mlflow.tracking.svc:5000"),
            "ObjectStore.data_url": known("s3://acme-data/dev"),
            "ObjectStore.region": {"state": "pending", "from": "output storage/wiring/region"},
            "ImageRegistry.url": {"state": "secret-reference", "reference": {"name": "n"}},
        },
    } | changes


def put(root: Path, value: object, name: str = "dev") -> Path:
    file = root / "wiring" / f"{name}.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(value), encoding="utf-8")
    return file


def test_known_values_are_given_and_storage_is_below_the_projects_name(tmp_path: Path) -> None:
    put(tmp_path, wiring(production=True))
    environment = open_environment("dev", tmp_path)
    assert environment.production
    assert environment.tracking_uri == "http://mlflow.tracking.svc:5000"
    assert environment.storage_url == f"s3://acme-data/dev/{PROJECT}"
    assert environment.object_store_endpoint is None


def test_the_local_environment_is_below_state_and_needs_no_file(tmp_path: Path) -> None:
    environment = open_environment("local", tmp_path)
    assert environment.tracking_uri == f"sqlite:///{tmp_path}/state/mlflow.db"
    assert environment.storage_url == (tmp_path / "state").as_uri()
    assert not environment.production
    assert list(tmp_path.iterdir()) == []


def test_the_tracking_uri_can_be_set_from_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:5001")
    assert open_environment("local", tmp_path).tracking_uri == "http://127.0.0.1:5001"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("region", "ObjectStore.region is not known yet: it comes from output storage"),
        ("image_registry", "ImageRegistry.url is a secret"),
        ("namespace", "ModelServer.namespace is not there"),
    ],
)
def test_a_value_that_is_not_known_names_the_key_and_what_to_run(
    tmp_path: Path, name: str, said: str
) -> None:
    put(tmp_path, wiring())
    with pytest.raises(InputError) as raised:
        getattr(open_environment("dev", tmp_path), name)
    (problem,) = raised.value.problems
    assert said in problem
    assert problem.endswith("run: stackwright wire -e dev --from outputs.json")


def test_what_this_machine_does_not_have_is_not_to_be_wired(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"ImageRegistry.url is not there; choose .* -e dev$"):
        _ = open_environment("local", tmp_path).image_registry


def test_a_missing_environment_names_those_there_are(tmp_path: Path) -> None:
    put(tmp_path, wiring())
    with pytest.raises(InputError, match=r"known: dev, local.*stackwright wire -e prod --from"):
        open_environment("prod", tmp_path)


@pytest.mark.parametrize("name", ["../dev", "/etc/passwd", "Dev", "", "-e", "a" * 40, "dev\n"])
def test_a_name_that_is_no_environment_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="expected lower-case letters"):
        open_environment(name, tmp_path)


def test_a_file_can_be_named_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = put(tmp_path, wiring(), "elsewhere")
    monkeypatch.setenv("PROJECT_WIRING", str(file))
    assert open_environment("dev", tmp_path / "x").storage_url.startswith("s3://acme-data/dev/")


def problems(root: Path, value: object) -> list[str]:
    with pytest.raises(InputError) as raised:
        read_wiring(put(root, value), environment="dev")
    return [problem.rpartition("dev.json: ")[2] for problem in raised.value.problems]


def test_every_problem_of_the_form_is_listed(tmp_path: Path) -> None:
    values = {"ImageRegistry.url": {"state": "known", "valeu": "x"}}
    broken = wiring(schema="v9", production="no", values=values) | {"platfrom": 1}
    assert problems(tmp_path, broken) == [
        "schema: input should be 'stackwright.project-wiring/v1'",
        "production: input should be a valid boolean",
        "values.ImageRegistry.url.value: is missing",
        "values.ImageRegistry.url.valeu: no such key; did you mean value?",
        "platfrom: no such key; did you mean platform?",
    ]


def test_wiring_of_another_project_or_environment_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, wiring(project="other", environment="prod")) == [
        "environment: is for 'prod', expected 'dev'",
        f"project: is for 'other', expected '{PROJECT}'",
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ExperimentTracker.uri", "http://user:word@host/"),
        ("ExperimentTracker.uri", "http://169.254.169.254/latest"),
        ("ExperimentTracker.uri", "http://2852039166/latest"),
        ("ExperimentTracker.uri", "http://0xA9FEA9FE/latest"),
        ("ExperimentTracker.uri", "http://0251.0376.0251.0376/latest"),
        ("ExperimentTracker.uri", "http://169.16689662/latest"),
        ("ObjectStore.endpoint", "http://metadata.google.internal"),
        ("ExperimentTracker.uri", "file:///etc/passwd"),
        ("ExperimentTracker.uri", "http://host\n"),
        ("ObjectStore.data_url", "s3://b"),
        ("ObjectStore.data_url", "s3://bucket/$(id)"),
        ("ObjectStore.endpoint", "gopher://host"),
        ("ObjectStore.region", "eu central"),
        ("ImageRegistry.url", "https://registry/x"),
        ("ModelServer.namespace", "Models_1"),
        ("ModelServer.mode", "Pod"),
        ("Monitoring.label", "a{b}"),
        ("Delivery.role_prefix", "arn:aws:iam::1:role/x"),
    ],
)
def test_a_value_of_the_wrong_form_is_refused(tmp_path: Path, key: str, value: str) -> None:
    (problem,) = problems(tmp_path, wiring(values={key: known(value)}))
    assert problem.startswith(f"values.{key}: expected ")


def test_an_unknown_key_names_the_nearest(tmp_path: Path) -> None:
    values = {"ModelServer.namespaces": known("x")}
    assert problems(tmp_path, wiring(values=values)) == [
        "values.ModelServer.namespaces: no such key; did you mean ModelServer.namespace?"
    ]


@pytest.mark.parametrize("text", ["", "[", '{"a": 1, "a": 2}', "[" * 100_000, "\xff", "nul"])
def test_what_is_not_json_of_one_meaning_is_refused(tmp_path: Path, text: str) -> None:
    file = put(tmp_path, {})
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=r"dev\.json: not JSON"):
        read_wiring(file, environment="dev")
