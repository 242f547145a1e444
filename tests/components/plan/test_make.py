"""The plan of an environment: both layers, offline, the same whatever the machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stackwright.blueprint.reader import parse
from stackwright.environment import check
from stackwright.errors import PlanError
from stackwright.plan.graph import Plan, Resource
from stackwright.plan.make import make_plan, plan_environment

EVERYTHING = """\
tracking: {kind: tracker}
storage: {main: {kind: store}, spare: {kind: vault}}
monitoring: {kind: watch}
"""

STORAGE = """\
apiVersion: stackwright/v1
name: acme
target: {kind: aws, region: eu-west-1, account: "111122223333"}
labels: {team: machine-learning, cost-center: "42"}
storage:
  kind: s3
  noncurrent_version_days: 30
  tags: {owner: research, stage: test}
environments:
  prod: {}
"""

REORDERED = """\
environments:
  prod: {}
storage:
  tags: {stage: test, owner: research}
  noncurrent_version_days: 30
  kind: s3
labels: {cost-center: "42", team: machine-learning}
target: {account: "111122223333", region: eu-west-1, kind: aws}
name: acme
apiVersion: stackwright/v1
"""


def planned(text: str, folder: Path, environment: str = "default") -> Plan:
    return make_plan(check(parse(text, "blueprint.yaml"))[environment], folder)


def resources(plan: Plan) -> dict[str, Resource]:
    return {found.name: found for layer in plan.layers for found in layer.resources}


def urns(plan: Plan) -> set[str]:
    return {found.urn for layer in plan.layers for found in layer.resources}


@pytest.fixture
def everything(planted: str, tmp_path: Path) -> Plan:
    text = planted + EVERYTHING.replace(
        "{kind: tracker}", "{kind: tracker, uses: {artifacts: main}}"
    )
    return planned(
        text.replace("monitoring", "database: {kind: base, uses: {backups: main}}\nmonitoring"),
        tmp_path,
    )


def test_both_layers_are_planned_in_order(everything: Plan) -> None:
    assert [(layer.name, layer.project, layer.stack) for layer in everything.layers] == [
        ("foundation", "acme-foundation", "default"),
        ("platform", "acme-platform", "default"),
    ]


def test_a_layer_without_parts_is_left_out(planted: str, tmp_path: Path) -> None:
    plan = planned(f"{planted}storage: {{kind: store}}\n", tmp_path)
    assert [layer.name for layer in plan.layers] == ["foundation"]


def test_every_resource_says_which_tool_it_belongs_to(everything: Plan) -> None:
    found = {name: item.tool for name, item in resources(everything).items()}
    assert found["main-bucket"] == "main"
    assert found["tracking-server"] == "tracking"
    assert found["aws"] == ""


def test_tools_and_edges_tell_who_uses_whom(everything: Plan) -> None:
    assert [(tool.instance, tool.kind, tool.assumed) for tool in everything.tools] == [
        ("database", "base", False),
        ("main", "store", False),
        ("monitoring", "watch", False),
        ("spare", "vault", False),
        ("tracking", "tracker", False),
    ]
    assert [(edge.source, edge.target, edge.claim) for edge in everything.edges] == [
        ("database", "main", "backups"),
        ("tracking", "database", "backend"),
        ("tracking", "main", "artifacts"),
        ("tracking", "monitoring", "monitoring"),
    ]


def test_the_platform_reads_the_foundation_as_symbols(everything: Plan) -> None:
    found = resources(everything)
    server = found["tracking-server"].inputs
    bucket, database = found["main-bucket"].urn, found["database-database"].urn
    assert server["artifacts"] == f"s3://${{output:{bucket}#made}}/tracking-artifacts"
    assert server["host"] == f"${{output:{database}#made}}"


def test_each_layer_is_reported_before_it_is_recorded(planted: str, tmp_path: Path) -> None:
    path = tmp_path / "blueprint.yaml"
    path.write_text(f"{planted}tracking: {{kind: tracker}}\n")
    said: list[str] = []
    plan = plan_environment(path, report=said.append)
    assert said == ["foundation", "platform"]
    assert plan.name == "acme"


def test_a_users_own_program_is_planned_with_its_resources_and_transforms(
    planted: str, tmp_path: Path
) -> None:
    stack = tmp_path / "stacks" / "foundation"
    stack.mkdir(parents=True)
    (stack / "names.py").write_text('TOPIC = "alarms"\n')
    (stack / "__main__.py").write_text("""\
import pulumi
from names import TOPIC
from stackwright.program import build


def mark(args):
    if args.type_.startswith("planted:"):
        protected = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(protect=True))
        return pulumi.ResourceTransformResult({**args.props, "marked": "yes"}, protected)


pulumi.runtime.register_resource_transform(mark)
platform = build("foundation")
assert list(platform.components) == ["storage"]


class Topic(pulumi.CustomResource):
    def __init__(self, name):
        super().__init__("planted:index:Topic", name, {"owner": "me"})


Topic(TOPIC)
""")
    before = list(sys.path)
    plan = planned(f"{planted}storage: {{kind: store}}\n", tmp_path)
    found = resources(plan)
    assert found["alarms"].inputs == {"owner": "me", "marked": "yes"}
    assert found["alarms"].tool == ""
    assert found["storage-bucket"].inputs["marked"] == "yes"
    assert found["storage-bucket"].options.protect
    assert sys.path == before
    sys.modules.pop("names", None)


def test_a_program_that_fails_is_told_with_its_place(planted: str, tmp_path: Path) -> None:
    stack = tmp_path / "stacks" / "foundation"
    stack.mkdir(parents=True)
    (stack / "__main__.py").write_text("import stackwright\n\n1 / 0\n")
    with pytest.raises(PlanError, match=r"__main__\.py:3: ZeroDivisionError"):
        planned(f"{planted}storage: {{kind: store}}\n", tmp_path)


@pytest.fixture
def cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make sockets, other processes and credentials impossible."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the machine was asked")

    for owner, name in (
        (socket, "socket"),
        (socket, "create_connection"),
        (socket, "getaddrinfo"),
        (subprocess, "Popen"),
        (os, "system"),
    ):
        monkeypatch.setattr(owner, name, refuse)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE", "KUBECONFIG"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "canary-key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-secret")
    monkeypatch.setenv("AWS_PROFILE", "canary-profile")


@pytest.mark.usefixtures("cut_off")
def test_a_plan_opens_no_socket_and_reads_no_credential(tmp_path: Path) -> None:
    opened: list[str] = []

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and event == "open":
            opened.append(str(arguments[0]))

    watching = True
    sys.addaudithook(watch)
    try:
        text = planned(STORAGE, tmp_path, "prod").to_json()
    finally:
        watching = False
    assert "canary" not in text
    home = str(Path.home())
    assert not [name for name in opened if name.startswith((f"{home}/.aws", f"{home}/.kube"))]
    assert "/nowhere" not in opened
    assert list(tmp_path.iterdir()) == []


PROGRAM = """\
import sys
from pathlib import Path
from stackwright.plan.make import plan_environment
sys.stdout.buffer.write(plan_environment(Path(sys.argv[1]), "prod").to_json().encode())
"""


def json_in_another_process(path: Path, **variables: str) -> bytes:
    environment = {**os.environ, "PYTHONWARNINGS": "ignore", **variables}
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)], env=environment, capture_output=True, check=True
    )
    return result.stdout


def test_the_same_blueprint_gives_the_same_bytes_on_every_machine(tmp_path: Path) -> None:
    one, other = tmp_path / "one" / "blueprint.yaml", tmp_path / "other" / "blueprint.yaml"
    for path, text in ((one, STORAGE), (other, REORDERED)):
        path.parent.mkdir()
        path.write_text(text)
    plans = {
        json_in_another_process(one, PYTHONHASHSEED="0", TZ="UTC", LC_ALL="C"),
        json_in_another_process(one, PYTHONHASHSEED="1", TZ="Asia/Kathmandu", LC_ALL="C.UTF-8"),
        json_in_another_process(
            other, PYTHONHASHSEED="2", TZ="America/St_Johns", LANG="tr_TR.UTF-8", AWS_REGION="x"
        ),
    }
    assert len(plans) == 1
    assert b"acme-prod-storage-data-111122223333" in plans.pop()


def test_the_order_of_the_keys_changes_no_byte(tmp_path: Path) -> None:
    one, other = planned(STORAGE, tmp_path, "prod"), planned(REORDERED, tmp_path, "prod")
    assert one.to_json() == other.to_json()


LINES = {
    "tracking": "tracking: {kind: tracker, replicas: 2}",
    "monitoring": "monitoring: {kind: watch}",
    "storage": "storage: {kind: store, copies: 4, days: 3}",
    "database": "database: {kind: base}",
}


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(order=st.permutations(sorted(LINES)), kept=st.sets(st.sampled_from(sorted(LINES))))
def test_adding_a_tool_or_moving_one_in_the_file_moves_no_other_urn(
    planted: str, tmp_path: Path, order: list[str], kept: set[str]
) -> None:
    def plan(names: list[str]) -> Plan:
        return planned(planted + "".join(f"{LINES[name]}\n" for name in names), tmp_path)

    whole = plan(order)
    assert whole.to_json() == plan(sorted(LINES)).to_json()
    part = plan([name for name in order if name in kept])
    assert urns(part) <= urns(whole)


CLUSTER = """\
apiVersion: stackwright/v1
name: acme
target: {kind: aws, region: eu-west-1, account: "111122223333"}
cluster:
  kind: eks
  access: {endpoint: private, via: vpn}
  administrators: ["arn:aws:iam::111122223333:role/platform-admin"]
  node_pools:
"""

POOLS = {
    "general": "    general: {instance_types: [m7i.xlarge]}\n",
    "batch": "    batch: {instance_types: [c7i.xlarge], min_size: 0}\n",
    "training": "    training: {instance_types: [g6.2xlarge], gpu: true, min_size: 0}\n",
}

Planner = Callable[[list[str]], Plan]


@pytest.fixture(scope="module")
def clustered(tmp_path_factory: pytest.TempPathFactory) -> Planner:
    folder = tmp_path_factory.mktemp("cluster")
    return lambda pools: planned(CLUSTER + "".join(POOLS[name] for name in pools), folder)


def test_reordering_node_pools_changes_no_byte(clustered: Planner) -> None:
    one = clustered(["general", "batch", "training"])
    assert one.to_json() == clustered(["training", "general", "batch"]).to_json()


def test_adding_a_node_pool_moves_nothing_else(clustered: Planner) -> None:
    before, after = clustered(["general", "training"]), clustered(["batch", "general", "training"])
    assert urns(before) < urns(after)
    assert all("batch" in urn for urn in urns(after) - urns(before))
    old, new = resources(before), resources(after)
    assert [
        name
        for name in old
        if name in new
        and (old[name].inputs, old[name].options) != (new[name].inputs, new[name].options)
    ] == []


@pytest.mark.parametrize(
    ("program", "message"),
    [("raise SystemExit(3)\n", "the program exits with 3"), ("a b\n", "SyntaxError: ")],
)
def test_a_program_that_cannot_run_is_named(program: str, message: str, tmp_path: Path) -> None:
    main = tmp_path / "stacks" / "foundation" / "__main__.py"
    main.parent.mkdir(parents=True)
    main.write_text(program, encoding="utf-8")
    with pytest.raises(PlanError) as caught:
        planned(STORAGE, tmp_path, "prod")
    assert str(caught.value).startswith(f"{main}: {message}")


def program(folder: Path, text: str) -> Path:
    """Write a program of the foundation."""
    main = folder / "stacks" / "foundation" / "__main__.py"
    main.parent.mkdir(parents=True)
    main.write_text(f"import os\nfrom pathlib import Path\nimport pulumi\n{text}\n", "utf-8")
    return main


def test_a_program_runs_in_its_own_folder_wherever_the_caller_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "ml", "pulumi.export('count', Path('../../count').read_text())")
    (tmp_path / "ml" / "count").write_text("3")
    monkeypatch.chdir(tmp_path)
    for folder in (Path("ml"), tmp_path / "ml"):
        assert planned(STORAGE, folder, "prod").layers[0].outputs["count"] == "3"
        assert Path.cwd() == tmp_path


def test_what_a_program_does_to_the_process_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "ml", "os.environ['SAID'] = 'x'\nos.chdir('/')\n1 / 0")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PlanError, match=r"^ml/stacks/foundation/__main__\.py:6: ZeroDivisionError"):
        planned(STORAGE, Path("ml"), "prod")
    assert Path.cwd() == tmp_path
    assert "SAID" not in os.environ


def test_a_value_names_a_file_of_the_program_from_the_blueprint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "pulumi.export('file', str(Path(__file__).parent / 'data.txt'))")
    monkeypatch.chdir(tmp_path)
    for folder in (Path(), tmp_path):
        outputs = planned(STORAGE, folder, "prod").layers[0].outputs
        assert outputs["file"] == "stacks/foundation/data.txt"


def test_a_program_that_ends_its_process_is_no_plan_of_nothing(tmp_path: Path) -> None:
    main = program(tmp_path, "os._exit(0)")
    real = os._exit
    with pytest.raises(PlanError) as caught:
        planned(STORAGE, tmp_path, "prod")
    assert str(caught.value) == f"{main}:4: the program ends its process with os._exit(0)"
    assert os._exit is real


def test_a_process_that_a_program_forks_may_end(tmp_path: Path) -> None:
    fork = "child = os.fork()\nif child == 0:\n    os._exit(7)\n"
    wait = "pulumi.export('code', os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    program(tmp_path, fork + wait)
    assert planned(STORAGE, tmp_path, "prod").layers[0].outputs["code"] == 7
