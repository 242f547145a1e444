"""Nothing stateful is replaced or deleted that the blueprint does not name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stackwright.blueprint.reader import parse
from stackwright.data.stateful import losses
from stackwright.diff.findings import Allowance
from stackwright.engine.changes import Change, Changes
from stackwright.engine.events import Diagnostic, Difference, Operation, Status
from stackwright.engine.failures import Failure
from stackwright.engine.guard import Loss, failed_for_protection, losses_of, no_longer_needed
from stackwright.engine.operations import Action, Outcome
from stackwright.engine.proposal import DataWouldBeLost, Refused, propose
from stackwright.environment import Environment, check

BUCKET = "aws:s3/bucket:Bucket"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"

BLUEPRINT = """\
apiVersion: stackwright/v1
name: acme-ml
target: {kind: aws, region: eu-west-1, account: "210987654321"}
"""

ENTRY = f'{{resource: "{BUCKET}::storage-data", reason: it was copied, expires: "2026-11-21"}}'

ALLOWED = f"allow_replacement: [{ENTRY}]\n"

LAST_DAY, DAY_AFTER = date(2026, 11, 21), date(2026, 11, 22)


def environment(more: str = "", name: str = "default") -> Environment:
    return check(parse(f"{BLUEPRINT}{more}", "blueprint.yaml"))[name]


def change(
    operation: Operation = Operation.DELETE,
    *,
    type_: str = BUCKET,
    name: str = "storage-data",
    protected: bool = False,
    retained: bool = False,
    differences: tuple[Difference, ...] = (),
) -> Change:
    return Change(
        layer="foundation",
        urn=f"urn:pulumi:default::acme-ml-foundation::{type_}::{name}",
        type=type_,
        name=name,
        tool="storage",
        operation=operation,
        status=Status.DONE,
        differences=differences,
        protected=protected,
        retained=retained,
    )


@pytest.mark.parametrize("operation", [Operation.DELETE, Operation.REPLACE])
@pytest.mark.parametrize("type_", sorted(losses()))
def test_a_type_that_holds_data_is_never_lost_unnamed(type_: str, operation: Operation) -> None:
    (loss,) = losses_of(environment(), [change(operation, type_=type_)])
    assert loss.what == losses()[type_]
    assert not loss.allowed


@pytest.mark.parametrize(
    "type_",
    [
        "kubernetes:core/v1:PersistentVolumeClaim",
        "kubernetes:apps/v1:StatefulSet",
        "kubernetes:postgresql.cnpg.io/v1:Cluster",
    ],
)
def test_what_keeps_data_in_a_cluster_is_known(type_: str) -> None:
    assert losses_of(environment(), [change(type_=type_)])


def test_what_the_program_protects_is_never_lost_unnamed() -> None:
    (loss,) = losses_of(environment(), [change(type_=POLICY, name="storage", protected=True)])
    assert (loss.what, loss.allowed) == ("", False)
    assert str(loss) == (
        f"{POLICY}::storage would be deleted. The program protects it. If that is meant, add to"
        f" allow_replacement in the blueprint: - {{resource: {POLICY}::storage, reason: WHY,"
        ' expires: "YYYY-MM-DD"}'
    )


def test_what_stays_when_it_is_deleted_is_no_loss() -> None:
    assert losses_of(environment(), [change(retained=True, protected=True)]) == ()


def test_what_holds_nothing_is_no_loss() -> None:
    assert losses_of(environment(), [change(type_=POLICY)]) == ()


@pytest.mark.parametrize(
    "operation", [item for item in Operation if item not in (Operation.DELETE, Operation.REPLACE)]
)
def test_what_goes_on_living_is_no_loss(operation: Operation) -> None:
    assert losses_of(environment(), [change(operation, protected=True)]) == ()


def test_the_blueprint_allows_exactly_what_it_names() -> None:
    lost = [change(), change(name="storage-logs")]
    found = losses_of(environment(ALLOWED), lost, LAST_DAY)
    assert [(loss.change.name, loss.allowed) for loss in found] == [
        ("storage-data", True),
        ("storage-logs", False),
    ]


def test_an_environment_allows_for_itself_alone() -> None:
    more = f"environments: {{dev: {{{ALLOWED.strip()}}}, prod: {{}}}}\n"
    assert losses_of(environment(more, "dev"), [change()], LAST_DAY)[0].allowed
    (loss,) = losses_of(environment(more, "prod"), [change()], LAST_DAY)
    assert not loss.allowed
    assert loss.place == "environments.prod.allow_replacement"


def test_what_is_allowed_until_a_day_is_refused_the_day_after() -> None:
    (loss,) = losses_of(environment(ALLOWED), [change()], DAY_AFTER)
    assert not loss.allowed
    assert str(loss) == (
        f"{BUCKET}::storage-data would be deleted. Lost is: objects. The blueprint allowed it until"
        " 2026-11-21. If it is still meant, write a new day at its entry in allow_replacement."
    )


def test_what_the_program_replaces_for_its_trigger_is_not_lost_unnamed() -> None:
    # The engine names the changed input, and no property that forces it.
    values = (Difference("values", "update"),)
    release = change(
        Operation.REPLACE,
        type_="kubernetes:helm.sh/v3:Release",
        name="storage-release",
        protected=True,
        differences=values,
    )
    (loss,) = losses_of(environment(), [release])
    assert not loss.allowed
    assert str(loss).startswith(
        "kubernetes:helm.sh/v3:Release::storage-release would be replaced. Lost is: the release"
    )


def test_a_person_reads_why_and_what_to_write() -> None:
    differences = (Difference("bucket", "update", replaces=True), Difference("tags", "update"))
    (loss,) = losses_of(environment(), [change(Operation.REPLACE, differences=differences)])
    assert str(loss) == (
        f"{BUCKET}::storage-data would be replaced for a change of bucket. Lost is: objects. If"
        " that is meant, add to allow_replacement in the blueprint:"
        f' - {{resource: {BUCKET}::storage-data, reason: WHY, expires: "YYYY-MM-DD"}}'
    )
    (allowed,) = losses_of(environment(ALLOWED), [change()], LAST_DAY)
    assert str(allowed) == (
        f"{BUCKET}::storage-data would be deleted. Lost is: objects. The blueprint allows it until"
        " 2026-11-21."
    )


NAMES = st.from_regex(r"\A[!-~]([ -~]{0,80}[!-~])?\Z")


@given(NAMES)
@example("a: b")
@example("a #b")
@example("'")
def test_the_line_that_is_told_allows_the_loss(name: str) -> None:
    lost = change(name=name)
    (loss,) = losses_of(environment(), [lost])
    _, line = str(loss).split("in the blueprint: ", 1)
    line = line.replace("WHY", "moved").replace("YYYY-MM-DD", "9999-12-31")
    (now,) = losses_of(environment(f"allow_replacement:\n  {line}\n"), [lost])
    assert now.allowed


@pytest.mark.parametrize(
    ("operation", "protected", "expected"),
    [
        (Operation.DELETE, True, True),
        (Operation.DELETE, False, False),
        (Operation.REPLACE, True, False),
    ],
)
def test_only_what_left_the_program_must_be_unprotected_by_hand(
    operation: Operation, protected: bool, expected: bool
) -> None:
    lost = change(operation, protected=protected)
    allowance = Allowance("it was copied", "2026-11-21", expired=False)
    assert Loss(lost, "objects", allowance).must_be_unprotected is expected
    assert not Loss(lost, "objects", None).must_be_unprotected
    assert not Loss(lost, "objects", replace(allowance, expired=True)).must_be_unprotected


REPLACING = """\
unable to replace resource "urn:pulumi:default::acme-ml-foundation::aws:s3/bucket:Bucket::data"
as it is currently marked for protection. To unprotect the resource, remove the `protect` flag from\
 the resource in your Pulumi program and run `pulumi up`"""

DELETING = """\
Preview failed: resource "urn:pulumi:default::acme-ml-foundation::aws:s3/bucket:Bucket::data"\
 cannot be deleted
because it is protected. To unprotect the resource, either remove the `protect` flag"""


CLUSTER = "urn:pulumi:default::acme-ml-foundation::aws:eks/cluster:Cluster::cluster"

TAKEN_ALONG = f"""\
unable to replace resource "{CLUSTER}" as part of replacing\
 "urn:pulumi:default::acme-ml-foundation::aws:iam/role:Role::cluster-role" as it is currently\
 marked for protection. To unprotect the resource, remove the `protect` flag from the resource"""


def failed_preview(*messages: str) -> Outcome:
    return Outcome(
        layer="foundation",
        action=Action.PREVIEW,
        changes=Changes(()),
        diagnostics=tuple(Diagnostic("foundation", "error", one) for one in messages),
        seconds=1.0,
        failure=Failure("it failed."),
    )


def test_what_goes_with_something_else_is_not_lost_unnamed() -> None:
    with pytest.raises(DataWouldBeLost) as caught:
        propose(environment(), [failed_preview(TAKEN_ALONG)])
    (loss,) = caught.value.losses
    assert loss.change.key == "aws:eks/cluster:Cluster::cluster"
    assert loss.what == losses()["aws:eks/cluster:Cluster"]


def test_what_goes_with_something_else_must_be_unprotected_before() -> None:
    # The engine told of no other change, so that nobody could agree to the rest.
    key = "aws:eks/cluster:Cluster::cluster"
    allowed = f'allow_replacement: [{{resource: "{key}", reason: moved, expires: "9999-12-31"}}]\n'
    with pytest.raises(Refused) as caught:
        propose(environment(allowed), [failed_preview(TAKEN_ALONG)])
    assert str(caught.value) == (
        f"{key} would be replaced before something that it is made from, and is protected by its"
        " state. Take back the change, deploy the entry in allow_replacement by itself, and then"
        " make the change."
    )


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ([], False),
        (["preview failed"], False),
        ([REPLACING, "preview failed"], True),
        ([DELETING, REPLACING, "preview failed"], True),
        ([DELETING, "the access key is not valid"], False),
        ([TAKEN_ALONG], False),
    ],
)
def test_a_preview_that_failed_for_protection_alone_is_known(
    errors: list[str], expected: bool
) -> None:
    said = tuple(Diagnostic("foundation", "error", message) for message in errors)
    said = (*said, Diagnostic("foundation", "warning", "an old name is used"))
    preview = Outcome(
        layer="foundation",
        action=Action.PREVIEW,
        changes=Changes(()),
        diagnostics=said,
        seconds=1.0,
        failure=Failure("it failed."),
    )
    assert failed_for_protection(preview) is expected
    assert not failed_for_protection(replace(preview, failure=None))


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        (Operation.SAME, True),
        (Operation.UPDATE, True),
        (Operation.REPLACE, False),
        (Operation.DELETE, False),
        (Operation.CREATE, False),
    ],
)
def test_what_is_allowed_and_stays_can_go_from_the_blueprint(
    operation: Operation, told: bool
) -> None:
    found = list(no_longer_needed(environment(ALLOWED), [change(operation)]))
    expected = (
        f"{BUCKET}::storage-data stays, and is not protected while allow_replacement names it;"
        " take it out of the blueprint."
    )
    assert found == ([expected] if told else [])


def test_of_what_is_not_there_nothing_is_said() -> None:
    assert list(no_longer_needed(environment(ALLOWED), [])) == []
