"""What a URN says."""

from __future__ import annotations

from stackwright.urns import name_of, tool_of, type_of

BUCKET = "urn:pulumi:dev::small::stackwright:index:Bucket$aws:s3/bucket:Bucket::store-bucket"
STORE = "urn:pulumi:dev::small::stackwright:index:Bucket::store"
STACK = "urn:pulumi:dev::small::pulumi:pulumi:Stack::small-dev"


def test_the_parts_of_a_urn_are_found() -> None:
    assert name_of(BUCKET) == "store-bucket"
    assert type_of(BUCKET) == "aws:s3/bucket:Bucket"
    assert name_of(BUCKET.replace("store-bucket", "a::b")) == "a::b"
    assert type_of("no urn") == ""


def test_a_tool_is_found_through_all_that_is_above() -> None:
    parents = {BUCKET: STORE, STORE: STACK}

    assert tool_of(BUCKET, parents, {"store"}) == "store"
    assert tool_of(BUCKET, {}, {"store"}) == ""
