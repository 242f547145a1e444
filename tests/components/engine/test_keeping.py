"""What stays when data is kept: whatever holds data, whatever guards it, and what these need."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stackwright.engine.keeping import depends_on, kept_with_data
from stackwright.engine.physical_ids import NAMESPACE
from stackwright.engine.state import Resource, State

BUCKET = "aws:s3/bucket:Bucket"
ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ROLE = "aws:iam/role:Role"
RELEASE = "kubernetes:helm.sh/v3:Release"


def urn(name: str) -> str:
    return f"urn:pulumi:prod::acme::x::{name}"


def made(type_: str, name: str, *needs: str, **others: object) -> Resource:
    dependencies = tuple(map(urn, needs))
    return Resource(urn(name), type_, True, dependencies=dependencies, **others)  # type: ignore[arg-type]  # a test names the fields


def names(urns: frozenset[str]) -> set[str]:
    return {one.split("::")[-1] for one in urns}


def test_what_holds_data_stays_and_nothing_else() -> None:
    state = State(resources=(made(BUCKET, "data"), made(ROLE, "role")))
    kept = kept_with_data(state)
    assert (names(kept.data), names(kept.every)) == ({"data"}, {"data"})


def test_what_the_program_protects_stays_whatever_it_is() -> None:
    state = State(resources=(made(ROLE, "role", protect=True), made(RELEASE, "chart")))
    assert names(kept_with_data(state).data) == {"role"}


def test_the_settings_that_guard_data_stay_with_it() -> None:
    state = State(
        resources=(made(BUCKET, "data"), made(ACCESS_BLOCK, "block", "data"), made(ROLE, "reader"))
    )
    kept = kept_with_data(state)
    assert names(kept.guards) == {"block"}
    assert names(kept.every) == {"data", "block"}


def test_the_way_into_a_cluster_that_stays_stays_too() -> None:
    cluster = made("aws:eks/cluster:Cluster", "cluster", protect=True)
    entry = made("aws:eks/accessEntry:AccessEntry", "entry", "cluster")
    policy = made("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "policy", "cluster")
    nodes = made("aws:eks/nodeGroup:NodeGroup", "nodes", "cluster")
    kept = kept_with_data(State(resources=(cluster, entry, policy, nodes)))
    assert names(kept.guards) == {"entry", "policy"}


def test_a_reader_of_data_is_no_guard_of_it() -> None:
    reader = made("aws:iam/rolePolicy:RolePolicy", "reader", "data")
    assert kept_with_data(State(resources=(made(BUCKET, "data"), reader))).guards == frozenset()


def test_all_that_is_needed_stays_however_far_away() -> None:
    provider = Resource(urn("aws"), "pulumi:providers:aws", custom=True)
    component = Resource(urn("storage"), "stackwright:index:S3")
    key = made("aws:lambda/permission:Permission", "near", "far")
    state = State(
        resources=(
            provider,
            component,
            made(ROLE, "far"),
            made(ROLE, "other"),
            key,
            made(BUCKET, "data", "near", parent=urn("storage"), provider=f"{urn('aws')}::id-1"),
        )
    )
    assert names(kept_with_data(state).needed) == {"aws", "storage", "near", "far"}


def test_a_namespace_whose_objects_ask_for_volumes_stays() -> None:
    home = made(NAMESPACE, "home", inputs={"metadata": {"name": "acme"}})
    inputs = {"namespace": "acme", "values": {"storageClassName": "disks"}}
    state = State(resources=(home, made(RELEASE, "chart", "home", inputs=inputs)))
    assert names(kept_with_data(state).every) == {"home"}


def test_a_namespace_with_claims_stays_when_only_the_cluster_knows_of_them() -> None:
    homes = [made(NAMESPACE, name, inputs={"metadata": {"name": name}}) for name in ("a", "b")]
    state = State(resources=tuple(homes))
    assert names(kept_with_data(state, ["a"]).every) == {"a"}
    assert names(kept_with_data(state, []).every) == set()


def test_every_namespace_stays_when_the_cluster_could_not_be_asked() -> None:
    homes = [made(NAMESPACE, name, inputs={"metadata": {"name": name}}) for name in ("a", "b")]
    assert names(kept_with_data(State(resources=tuple(homes)), None).every) == {"a", "b"}


def test_what_others_manage_and_is_only_read_is_nothing_to_keep() -> None:
    state = State(resources=(made(BUCKET, "theirs", external=True),))
    assert kept_with_data(state).every == frozenset()


@st.composite
def states(draw: st.DrawFn) -> State:
    """Return states whose resources depend on earlier ones only, as the engine makes them."""
    resources: list[Resource] = []
    for number in range(draw(st.integers(1, 12))):
        earlier = [f"r{n}" for n in range(number)]
        needs = draw(st.lists(st.sampled_from(earlier), unique=True)) if earlier else []
        type_ = draw(st.sampled_from([BUCKET, ACCESS_BLOCK, ROLE, RELEASE]))
        resources.append(made(type_, f"r{number}", *needs, protect=draw(st.booleans())))
    return State(resources=tuple(resources))


@given(states())
def test_nothing_that_goes_is_needed_by_what_stays(state: State) -> None:
    kept = kept_with_data(state).every
    for name in kept:
        assert depends_on(state.by_urn[name]) <= kept


@given(states())
def test_keeping_data_again_keeps_the_same(state: State) -> None:
    kept = kept_with_data(state).every
    left = State(resources=tuple(one for one in state.resources if one.urn in kept))
    assert kept_with_data(left).every == kept
