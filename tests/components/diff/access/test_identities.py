from __future__ import annotations

from tests.components.diff.access.sides import (
    SOMETHING,
    allow,
    differing,
    document,
    output,
    plan,
    resource,
    the_only,
    urn,
)

from stackwright.diff.access import access_changes
from stackwright.diff.changes import Action, ResourceChange
from stackwright.diff.findings import Direction
from stackwright.plan.graph import JsonValue, Plan, Resource

ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
POLICY = "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
BUCKET = "aws:s3/bucket:Bucket"

DATA = resource(BUCKET, "storage-data", {"bucket": "acme-data"})
OBJECTS = f"{output(BUCKET, 'storage-data', 'arn')}/*"


def role(name: str = "tracking") -> Resource:
    return resource(ROLE, name, {"name": f"acme-{name}"}, "tracking")


def inline(name: str, *statements: JsonValue, to: str = "acme-tracking") -> Resource:
    inputs = {"role": to, "policy": document(*statements)}
    return resource(ROLE_POLICY, name, inputs, "identity")


def side(*statements: JsonValue) -> Plan:
    return plan(DATA, role(), inline("access", *statements))


def test_a_new_action_is_said_in_words_with_the_bucket_it_is_for() -> None:
    found = the_only(
        side(allow("s3:GetObject", OBJECTS)),
        side(allow(["s3:GetObject", "s3:DeleteObject"], OBJECTS)),
    )
    assert found.direction is Direction.WIDER
    assert found.sentence == "Role tracking may now delete objects in storage-data."
    assert found.gained == ("s3:DeleteObject on storage-data/*",)
    assert (found.urn, found.kind, found.tool) == (urn(ROLE, "tracking"), "IAM policy", "tracking")
    assert found.new is False


def test_a_physical_name_in_an_arn_is_called_by_its_resource() -> None:
    found = the_only(side(), side(allow("s3:PutObject", "arn:aws:s3:::acme-data/models/*")))
    assert found.sentence == "Role tracking may now write objects to storage-data/models."


def test_a_statement_moved_between_policies_of_one_role_is_no_change() -> None:
    one = allow("s3:GetObject", OBJECTS)
    other = allow("kms:Decrypt")
    before = plan(DATA, role(), inline("a", one, other))
    after = plan(DATA, role(), inline("b", other), inline("a", one))
    assert differing(before, after) == ()


def test_a_statement_split_in_two_is_no_change() -> None:
    together = side(allow(["s3:GetObject", "s3:PutObject"], [OBJECTS, "arn:aws:s3:::other/*"]))
    apart = side(
        allow("s3:PutObject", "arn:aws:s3:::other/*"),
        allow(["s3:getobject", "s3:PutObject"], OBJECTS),
        allow("s3:GetObject", "arn:aws:s3:::other/*"),
    )
    assert differing(together, apart) == ()


def test_a_wildcard_holds_what_it_matches() -> None:
    wide, narrow = side(allow("s3:*", OBJECTS)), side(allow("s3:Get*", OBJECTS))
    found = the_only(narrow, wide)
    assert found.direction is Direction.WIDER
    assert found.gained == ("s3:* on storage-data/* (before only s3:Get*)",)
    found = the_only(wide, narrow)
    assert found.direction is Direction.NARROWER
    assert found.lost == ("s3:* on storage-data/* (now only s3:Get*)",)


def test_a_condition_that_is_added_narrows() -> None:
    condition = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    found = the_only(
        side(allow("s3:GetObject", OBJECTS)),
        side(allow("s3:GetObject", OBJECTS, Condition=condition)),
    )
    assert found.direction is Direction.NARROWER
    assert found.sentence == (
        "Role tracking may no longer read objects in storage-data (now only where"
        " aws:SourceAccount is 123456789012)."
    )


def test_a_refusal_that_goes_widens_and_one_that_comes_narrows() -> None:
    refusal = {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": OBJECTS}
    without, with_it = side(allow("s3:*", OBJECTS)), side(allow("s3:*", OBJECTS), refusal)
    assert the_only(with_it, without).direction is Direction.WIDER
    assert the_only(without, with_it).lost == ("s3:DeleteObject on storage-data/* (refused now)",)


def test_a_permission_that_is_refused_at_once_is_none() -> None:
    refusal = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    assert differing(side(refusal), side(refusal, allow("s3:GetObject", OBJECTS))) == ()


def test_everything_but_some_actions_holds_what_is_not_among_them() -> None:
    all_but = {"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"}
    assert the_only(side(all_but), side(allow("s3:GetObject"))).direction is Direction.NARROWER
    found = the_only(side(all_but), side(allow("iam:PassRole")))
    assert found.direction is Direction.BOTH


def test_a_policy_with_a_resource_of_its_own_counts_for_the_role_it_is_attached_to() -> None:
    own = resource(POLICY, "extra", {"policy": document(allow("kms:Decrypt"))})
    attached = resource(
        ATTACHMENT,
        "extra",
        {"role": output(ROLE, "tracking", "name"), "policyArn": output(POLICY, "extra", "arn")},
    )
    found = the_only(plan(role()), plan(role(), own, attached))
    assert found.urn == urn(ROLE, "tracking")
    assert found.sentence == "Role tracking may now decrypt with every resource."


def test_a_policy_that_nothing_holds_is_named_itself() -> None:
    before, after = (
        resource(POLICY, "extra", {"policy": document(allow(action))})
        for action in ("s3:GetObject", "s3:*")
    )
    found = the_only(plan(before), plan(after))
    assert found.sentence.startswith("Whoever holds the policy extra may now do everything in")


def test_a_policy_of_aws_is_named_and_the_administrators_is_everything() -> None:
    def attached(name: str) -> Plan:
        arn = f"arn:aws:iam::aws:policy/{name}"
        attachment = resource(ATTACHMENT, "a", {"role": "acme-tracking", "policyArn": arn})
        return plan(role(), attachment)

    found = the_only(plan(role()), attached("AmazonS3FullAccess"))
    assert found.gained == ("managed policy AmazonS3FullAccess",)
    found = the_only(plan(role(), inline("a", allow("s3:Get*"))), attached("AdministratorAccess"))
    assert found.direction is Direction.WIDER
    assert found.sentence.startswith("Role tracking may now do everything with every resource")


def test_a_policy_known_after_deployment_is_unclear_only_when_it_differs() -> None:
    def unknown(path: str) -> Plan:
        policy = {"$unknown": [f"{urn(BUCKET, 'storage-data')}#{path}"]}
        return plan(role(), resource(ROLE_POLICY, "p", {"role": "acme-tracking", "policy": policy}))

    assert differing(unknown("a"), unknown("a")) == ()
    found = the_only(unknown("a"), unknown("b"))
    assert found.direction is Direction.UNCLEAR
    assert found.sentence == ("Part of what role tracking allows is known only after deployment.")


def test_a_new_role_is_marked_as_new_and_one_that_goes_narrows() -> None:
    full = plan(DATA, role(), inline("access", allow("s3:GetObject", OBJECTS)))
    found = the_only(plan(DATA), full)
    assert (found.new, found.direction) == (True, Direction.WIDER)
    gone = the_only(full, plan(DATA))
    assert (gone.new, gone.direction, gone.gained) == (False, Direction.NARROWER, ())


def test_a_permissions_boundary_that_goes_widens() -> None:
    inputs = {"name": "acme-tracking"}
    boundary = {**inputs, "permissionsBoundary": "arn:aws:iam::123456789012:policy/edge"}
    free, bound = (plan(resource(ROLE, "tracking", one)) for one in (inputs, boundary))
    assert the_only(bound, free).direction is Direction.WIDER
    assert the_only(free, bound).direction is Direction.NARROWER


def test_a_renamed_bucket_is_the_same_bucket() -> None:
    old = plan(
        resource(BUCKET, "storage-old", {"bucket": "acme-data"}),
        role(),
        inline("access", allow("s3:GetObject", f"{output(BUCKET, 'storage-old', 'arn')}/*")),
    )
    new = side(allow("s3:GetObject", OBJECTS))
    renamed = ResourceChange(
        urn(BUCKET, "storage-data"),
        BUCKET,
        "storage-data",
        "foundation",
        "storage",
        "storage",
        True,
        Action.RENAME,
        before_urn=urn(BUCKET, "storage-old"),
    )
    assert access_changes((renamed,), old, new) == ()
    assert access_changes(SOMETHING, old, new) != ()


def test_a_name_cannot_break_out_of_the_sentence() -> None:
    found = the_only(side(), side(allow("s3:GetObject", "arn:aws:s3:::a\nb\u202e/*")))
    assert "\n" not in found.sentence
    assert "\u202e" not in found.sentence
    assert "\n" not in found.gained[0]
