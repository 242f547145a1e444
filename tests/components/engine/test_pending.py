"""What became of a cut-off operation is found out by reading, and nothing is made twice or lost.

The engine is a stand-in: it does to the copy of the state what a refresh of the real one does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from pulumi.automation import CommandError, CommandResult

from stackwright.claims import Layer
from stackwright.engine.command import EngineCommand
from stackwright.engine.integrity import problems
from stackwright.engine.pending import Fate, Pending, investigate, settled
from stackwright.engine.state import parse_state
from stackwright.engine.workspace import LayerFolder

PREFIX = "urn:pulumi:prod::shop::"
STACK = f"{PREFIX}pulumi:pulumi:Stack::shop-prod"
PROVIDER = f"{PREFIX}pulumi:providers:aws::aws"
NAMESPACE = f"{PREFIX}kubernetes:core/v1:Namespace::shop"
OURS = {"owner": "shop"}


def resource(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"urn": f"{PREFIX}{kind}::{name}", "type": kind, "custom": True, **more}


WHOLE = [
    resource("pulumi:pulumi:Stack", "shop-prod", custom=False),
    resource("pulumi:providers:aws", "aws", id="p"),
    resource("kubernetes:core/v1:Namespace", "shop", id="shop"),
]


def document(*pending: dict[str, Any], resources: Any = WHOLE) -> bytes:
    operations = [
        {"type": "creating", "resource": one} if "resource" not in one else one for one in pending
    ]
    deployment = {"resources": resources, "pending_operations": operations}
    return json.dumps({"version": 3, "deployment": deployment}).encode()


@dataclass
class StandIn:
    """An engine whose provider knows some things by id, with the tags or labels of each."""

    there: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    refuses: bool = False
    commands: list[list[str]] = field(default_factory=list)

    def run(self, args: list[str], cwd: str, env: Mapping[str, str]) -> CommandResult:
        self.commands.append(args)
        if self.refuses:
            raise CommandError(CommandResult("", "the API server is out of reach", 255))
        assert sorted(path.name for path in Path(cwd).glob("Pulumi*")) == ["Pulumi.yaml"]
        root = Path(env["PULUMI_BACKEND_URL"].removeprefix("file://"))
        [file] = root.glob(".pulumi/stacks/shop/prod.json")
        state = json.loads(file.read_text())
        latest = state["checkpoint"]["latest"]
        latest["resources"] = [
            {**one, "outputs": self.there.get(one.get("id"), {})}
            for one in latest["resources"]
            if one["urn"] not in args or one["id"] in self.there
        ]
        file.write_text(json.dumps(state))
        return CommandResult("", "", 0)


def layer(engine: StandIn, folder: Path) -> LayerFolder:
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\nbackend: {url: s3://x}\n")
    return LayerFolder(Layer.PLATFORM, folder, "prod", cast("EngineCommand", engine), {})


def fate_of(pending: dict[str, Any], engine: StandIn, folder: Path) -> Pending:
    [found] = investigate(layer(engine, folder), document(pending))
    return found


BUCKET = resource("aws:s3/bucket:Bucket", "data", inputs={"bucket": "data", "tags": OURS})


def test_a_creation_that_made_its_thing_goes_into_the_state(tmp_path: Path) -> None:
    found = fate_of(BUCKET, StandIn({"data": {"tags": OURS}}), tmp_path)
    assert (found.fate, found.id) == (Fate.MADE, "data")
    state = parse_state(json.dumps(settled(document(BUCKET), [found])))
    assert state.by_urn[BUCKET["urn"]].id == "data"
    assert state.pending_operations == ()
    assert problems(state) == ()


def test_a_creation_that_made_nothing_is_forgotten(tmp_path: Path) -> None:
    found = fate_of(BUCKET, StandIn(), tmp_path)
    assert found.fate is Fate.NOT_MADE
    state = parse_state(json.dumps(settled(document(BUCKET), [found])))
    assert [one.urn for one in state.resources] == [one["urn"] for one in WHOLE]
    assert state.pending_operations == ()


def test_a_thing_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    found = fate_of(BUCKET, StandIn({"data": {"tags": {"owner": "others"}}}), tmp_path)
    assert (found.fate, found.adopted) == (Fate.FOREIGN, None)


def test_an_untagged_part_of_what_is_ours_is_ours(tmp_path: Path) -> None:
    policy = resource("aws:s3/bucketPolicy:BucketPolicy", "p", inputs={"bucket": "data"})
    assert fate_of(policy, StandIn({"data": {}}), tmp_path).fate is Fate.FOREIGN
    owned = {**policy, "propertyDependencies": {"bucket": [NAMESPACE]}}
    assert fate_of(owned, StandIn({"data": {}}), tmp_path).fate is Fate.MADE


def test_an_unlabelled_release_in_a_namespace_of_ours_is_ours(tmp_path: Path) -> None:
    inputs = {"name": "db", "namespace": "shop"}
    release = resource("kubernetes:helm.sh/v3:Release", "db", inputs=inputs)
    assert fate_of(release, StandIn({"shop/db": {}}), tmp_path).fate is Fate.MADE
    other = resource("kubernetes:helm.sh/v3:Release", "db", inputs={**inputs, "namespace": "x"})
    assert fate_of(other, StandIn({"x/db": {}}), tmp_path).fate is Fate.FOREIGN


def test_a_thing_whose_id_only_its_maker_knows_is_never_taken_for_absent(tmp_path: Path) -> None:
    engine = StandIn()
    network = resource("aws:ec2/vpc:Vpc", "main", inputs={"tags": OURS})
    assert fate_of(network, engine, tmp_path).fate is Fate.UNKNOWN
    assert engine.commands == []


def test_a_provider_that_cannot_be_asked_leaves_it_open(tmp_path: Path) -> None:
    assert fate_of(BUCKET, StandIn(refuses=True), tmp_path).fate is Fate.UNREAD


def test_only_what_was_cut_off_is_read(tmp_path: Path) -> None:
    engine = StandIn()
    fate_of(BUCKET, engine, tmp_path)
    assert engine.commands == [
        ["refresh", "--yes", "--skip-preview", "--target", BUCKET["urn"], "--stack", "prod"]
    ]


@pytest.mark.parametrize("kind", ["updating", "deleting", "reading", "importing"])
def test_an_operation_on_what_the_state_knows_is_read_again(kind: str, tmp_path: Path) -> None:
    found = fate_of({"type": kind, "resource": WHOLE[2]}, StandIn(), tmp_path)
    assert found.fate is Fate.KNOWN


def test_a_creation_that_a_later_run_made_up_for_is_known(tmp_path: Path) -> None:
    made = {**BUCKET, "id": "data"}
    state = document(BUCKET, resources=[*WHOLE, made])
    [found] = investigate(layer(StandIn(), tmp_path), state)
    assert found.fate is Fate.KNOWN
    assert len(parse_state(json.dumps(settled(state, [found]))).resources) == 4


def test_the_replacement_of_a_living_thing_is_not_taken_for_it(tmp_path: Path) -> None:
    old = {**BUCKET, "id": "data-old"}
    [found] = investigate(layer(StandIn(), tmp_path), document(BUCKET, resources=[*WHOLE, old]))
    assert found.fate is Fate.UNKNOWN


def test_a_secret_stays_encrypted_on_its_way_into_the_state(tmp_path: Path) -> None:
    secret = {
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        "ciphertext": "v1:sealed",
    }
    wanted = {**BUCKET, "inputs": {**BUCKET["inputs"], "key": secret}}
    found = fate_of(wanted, StandIn({"data": {"tags": OURS}}), tmp_path)
    assert "sealed" not in f"{found.operation}"
    settled_state = settled(document(wanted), [found])
    assert settled_state["deployment"]["resources"][-1]["inputs"]["key"] == secret


def test_every_fate_is_told_in_words(tmp_path: Path) -> None:
    told = str(fate_of(BUCKET, StandIn(), tmp_path))
    assert told == (
        "creating aws:s3/bucket:Bucket::data: it was not made (data), so it is forgotten; the "
        "next up makes it."
    )
    state = parse_state(document(BUCKET))
    for fate in Fate:
        assert "None" not in str(Pending(state.pending_operations[0], fate))
