"""Plain `pulumi` in the folder that `init` made gives the same as our command."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from tests.engine.providers import stand_in
from tests.engine.real_engine import Engine, require_pulumi
from tests.servers.moto import CREDENTIALS, ObjectStore, object_store

from stackwright.engine.command import EngineCommand
from stackwright.engine.operations import Action, Outcome, run
from stackwright.engine.secrets_provider import provider_of_new_stack
from stackwright.engine.state import Resource, read_state
from stackwright.engine.state_folder import state_folder_problem
from stackwright.engine.workspace import LayerFolder, layer_folders
from stackwright.environment import load_environment
from stackwright_cli import main

pytestmark = pytest.mark.slow

BLUEPRINT = """\
apiVersion: stackwright/v1
name: acme-ml
target: {kind: aws, region: eu-west-1, account: "210987654321"}
storage: {kind: s3}
environments: {dev: {}}
"""


BUCKET = "s3://acme-state?region=eu-west-1&s3ForcePathStyle=true"
KEY = "awskms://alias/acme?region=eu-west-1"


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """Serve the stand-in provider; nothing but the project file says where state is."""
    program = require_pulumi()
    place = tmp_path / "engine"
    place.mkdir()
    with stand_in("aws", place) as port:
        engine = Engine(program, place, {"aws": port}, {"PULUMI_BACKEND_URL": ""})
        for name, value in engine.environment().items():
            monkeypatch.setenv(name, value)
        yield engine


def made(folder: Path, *state: str) -> LayerFolder:
    """Return the one layer of a platform that `init` makes."""
    given = ["--preset", "starter", "--target", "aws", "--name", "acme-ml", *state]
    assert main(["init", str(folder), *given]) == 0
    (folder / "blueprint.yaml").write_text(BLUEPRINT, encoding="utf-8")
    environment = load_environment(folder / "blueprint.yaml")
    (layer,) = layer_folders(environment, folder, EngineCommand())
    return layer


def by_command(layer: LayerFolder, action: Action) -> Outcome:
    stack = layer.made_stack(provider_of_new_stack(layer))
    outcome = run(layer, stack, action, frozenset(["storage"]))
    assert outcome.succeeded, outcome.failure
    return outcome


def by_pulumi(engine: Engine, layer: LayerFolder, *arguments: str) -> str:
    return engine.run(layer.folder, *arguments, "--stack", "dev")


def comparable(resource: Resource) -> Any:
    """Return a resource without what is new each time: times, minted ids, the order of sets."""
    by_property = resource.property_dependencies
    known = replace(
        resource,
        id="",
        provider=resource.provider.rpartition("::")[0],
        dependencies=tuple(sorted(resource.dependencies)),
        property_dependencies={key: tuple(sorted(urns)) for key, urns in by_property.items()},
        created=None,
        modified=None,
    )
    text = json.dumps(asdict(known), sort_keys=True)
    return json.loads(re.sub(r"-[0-9a-f]{8}\b", "-ID", text))


def resources(layer: LayerFolder) -> Mapping[str, Any]:
    return {one.urn: comparable(one) for one in read_state(layer.stack()).resources}


def test_both_make_the_same_state_and_see_each_others(engine: Engine, tmp_path: Path) -> None:
    ours, theirs = made(tmp_path / "ours"), made(tmp_path / "theirs")
    by_command(ours, Action.UP)
    engine.run(theirs.folder, "stack", "init", "dev")
    by_pulumi(engine, theirs, "up", "--yes", "--skip-preview")

    assert len(resources(ours)) > 20
    assert resources(ours) == resources(theirs)
    assert by_command(theirs, Action.PREVIEW).changes.real == ()
    by_pulumi(engine, ours, "preview", "--expect-no-changes")


def test_the_state_is_where_init_said_and_nobody_else_can_read_it(
    engine: Engine, tmp_path: Path
) -> None:
    layer = made(tmp_path / "acme")
    layer.made_stack(provider_of_new_stack(layer))
    state = tmp_path / "acme" / "state"
    assert (state / ".pulumi" / "stacks" / "acme-ml-foundation" / "dev.json").is_file()
    for folder in (state, *(path for path in state.rglob("*") if path.is_dir())):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not (layer.folder / ".pulumi").exists()
    listed = by_pulumi(engine, layer, "stack", "--show-name")
    assert listed.strip() == "dev"


def test_a_clone_without_the_state_begins_nothing_anew(engine: Engine, tmp_path: Path) -> None:
    layer = made(tmp_path / "acme")
    (tmp_path / "acme" / "state" / ".gitignore").unlink()
    (tmp_path / "acme" / "state").rmdir()
    assert state_folder_problem(layer) is not None
    with pytest.raises(AssertionError, match="unable to open"):
        engine.run(layer.folder, "stack", "init", "dev")
    assert not (tmp_path / "acme" / "state").exists()


def test_a_new_stack_has_a_passphrase_of_its_own(engine: Engine, tmp_path: Path) -> None:
    layer = made(tmp_path / "acme")
    layer.made_stack(provider_of_new_stack(layer))
    settings = yaml.safe_load(layer.settings_file.read_text(encoding="utf-8"))
    assert list(settings) == ["encryptionsalt"]
    assert provider_of_new_stack(layer) == "passphrase"


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectStore]:
    """Serve a bucket and a key; no passphrase is given."""
    (tmp_path / "moto").mkdir()
    with object_store(tmp_path / "moto") as store:
        store.make_bucket("acme-state")
        for name, value in CREDENTIALS.items():
            monkeypatch.setenv(name, value)
        for service in ("S3", "KMS"):
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", store.endpoint)
        keys = boto3.client("kms")
        made_key = keys.create_key()["KeyMetadata"]["KeyId"]
        keys.create_alias(AliasName="alias/acme", TargetKeyId=made_key)
        yield store


def test_state_in_a_bucket_is_encrypted_by_the_key_that_init_was_told(
    engine: Engine, aws: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
    layer = made(tmp_path / "acme", "--state", BUCKET, "--secrets", KEY)
    by_command(layer, Action.UP)
    settings = yaml.safe_load(layer.settings_file.read_text(encoding="utf-8"))
    assert sorted(settings) == ["encryptedkey", "secretsprovider"]
    assert settings["secretsprovider"] == KEY
    assert ".pulumi/stacks/acme-ml-foundation/dev.json" in aws.keys("acme-state")
    assert read_state(layer.stack()).secrets_provider == "cloud"
    assert by_command(layer, Action.PREVIEW).changes.real == ()
