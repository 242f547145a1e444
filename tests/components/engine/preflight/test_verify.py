from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tests.components.engine.fake_server import Reply
from tests.components.engine.preflight.fake_aws import fake_aws
from tests.servers.process import free_port

from stackwright import checks
from stackwright.checks import AwsAccount, AwsZones, Check, ClusterReached, ProgramFound
from stackwright.claims import Layer
from stackwright.cluster_access import KubeconfigContext
from stackwright.engine.preflight import open_api, verify
from stackwright.engine.preflight.result import Result, State, holds
from stackwright.engine.preflight.verify import VERIFIERS, verify_checks
from stackwright.engine.preflight.worlds import Worlds
from stackwright.environment import load_environment
from stackwright.errors import StackwrightError

EXAMPLES = Path(__file__).parents[4] / "examples"


def program(name: str) -> ProgramFound:
    return ProgramFound(program=name, purpose="test", source="nowhere")


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Let a function of the test answer checks of programs."""
    module = SimpleNamespace()
    monkeypatch.setitem(cast(Any, sys.modules), "stackwright.engine.preflight.planted", module)
    monkeypatch.setitem(cast(Any, VERIFIERS), ProgramFound, "planted:verify")
    return module


def test_every_kind_of_check_has_somebody_who_verifies_it() -> None:
    kinds = [
        found
        for found in vars(checks).values()
        if isinstance(found, type) and issubclass(found, Check)
    ]
    above = {base for kind in kinds for base in kind.__mro__[1:]}
    assert set(VERIFIERS) == set(kinds) - above


@pytest.mark.parametrize("kind", list(VERIFIERS), ids=lambda kind: kind.__name__)
def test_whoever_verifies_a_check_is_there(kind: type[Check]) -> None:
    from stackwright.engine.preflight.verify import _verifier

    assert callable(_verifier(object.__new__(kind)))


def test_results_are_reported_at_once_and_returned_in_order(planted: SimpleNamespace) -> None:
    second_done = threading.Event()

    def answer(check: ProgramFound, _: Worlds) -> Result:
        if check.program == "first":
            second_done.wait(30)
        return holds(check, check.program)

    planted.verify = answer
    reported: list[str] = []

    def report(result: Result) -> None:
        reported.append(result.found)
        second_done.set()

    results = verify_checks([program("first"), program("second")], report=report)
    assert [result.found for result in results] == ["first", "second"]
    assert reported == ["second", "first"]


def test_a_check_that_hangs_is_unknown_and_hides_no_other(planted: SimpleNamespace) -> None:
    over = threading.Event()

    def answer(check: ProgramFound, _: Worlds) -> Result:
        if check.program == "hangs":
            over.wait(30)
        return holds(check, "there")

    planted.verify = answer
    results = verify_checks([program("hangs"), program("answers")], within=2)
    over.set()
    assert [result.state for result in results] == [State.UNKNOWN, State.OK]
    assert results[0].found == "no answer came within 2 seconds."


def test_a_check_that_breaks_is_unknown_and_shows_nothing(planted: SimpleNamespace) -> None:
    def answer(check: ProgramFound, _: Worlds) -> Result:
        if check.program == "breaks":
            raise ValueError("canary of a secret")
        return holds(check, "there")

    planted.verify = answer
    results = verify_checks([program("breaks"), program("answers")])
    assert [result.state for result in results] == [State.UNKNOWN, State.OK]
    assert results[0].found == "the check itself failed: ValueError."


def test_only_checks_of_the_layers_that_change_are_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", "/nowhere")
    environment = load_environment(EXAMPLES / "existing-cluster/blueprint.yaml", "dev")
    foundation = verify(environment, None, layers=[Layer.FOUNDATION])
    assert {result.check.layer for result in foundation} == {Layer.FOUNDATION}
    both = verify(environment, None)
    assert {result.check.layer for result in both} == set(Layer)


def test_the_account_is_known_when_only_the_layer_above_it_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    environment = load_environment(EXAMPLES / "aws-production/blueprint.yaml", "dev")
    with fake_aws(monkeypatch, {"/clusters/acme-ml-dev-cluster": Reply(404, b"{}")}):
        found = verify(environment, None, layers=[Layer.PLATFORM])
    told = {result.found for result in found if isinstance(result.check, ClusterReached)}
    assert told == {"the cluster acme-ml-dev-cluster is not there yet."}


def test_a_cluster_without_a_kubeconfig_cannot_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", "/nowhere")
    environment = load_environment(EXAMPLES / "existing-cluster/blueprint.yaml", "dev")
    with pytest.raises(StackwrightError, match="there is no kubeconfig: /nowhere is not there"):
        open_api(environment)


def test_the_account_is_asked_once_for_all_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    account = AwsAccount(account="123456789012", region="eu-west-1")
    results = verify_checks([AwsZones(zones=("a",)), account, AwsZones(zones=("b",))])
    assert [r.state for r in results] == [State.SKIPPED, State.FAILED, State.SKIPPED]


def test_nothing_is_written_where_a_user_reads(tmp_path: Path) -> None:
    source = (
        "from stackwright.checks import ClusterReached\n"
        "from stackwright.cluster_access import KubeconfigContext\n"
        "from stackwright.engine.preflight.verify import verify_checks\n"
        f"access = KubeconfigContext(context='a', kubeconfig={str(tmp_path / 'config')!r})\n"
        "verify_checks([ClusterReached(access=access)])\n"
    )
    (tmp_path / "config").write_text(
        "contexts: [{name: a, context: {cluster: a, user: a}}]\n"
        "users: [{name: a, user: {token: canary}}]\n"
        f"clusters: [{{name: a, cluster: {{server: 'http://127.0.0.1:{free_port()}'}}}}]\n"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_no_check_is_no_result() -> None:
    assert verify_checks([]) == ()


def test_libraries_of_clouds_are_not_loaded_for_a_cluster_that_is_there() -> None:
    source = (
        "import sys\n"
        "from stackwright.checks import ClusterReached\n"
        "from stackwright.cluster_access import KubeconfigContext\n"
        "from stackwright.engine.preflight.verify import verify_checks\n"
        "access = KubeconfigContext(context='a', kubeconfig='/nowhere')\n"
        "verify_checks([ClusterReached(access=access)])\n"
        "print(sorted({'boto3', 'botocore', 'pulumi'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_a_cluster_that_is_missing_is_failed_and_not_unknown() -> None:
    access = KubeconfigContext(context="a", kubeconfig="/nowhere")
    (result,) = verify_checks([ClusterReached(access=access)])
    assert result.state is State.FAILED
