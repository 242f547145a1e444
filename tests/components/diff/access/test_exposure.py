from __future__ import annotations

from tests.components.diff.access.sides import (
    differing,
    kubernetes,
    plan,
    resource,
    the_only,
    urn,
)

from stackwright.diff.findings import Direction
from stackwright.plan.graph import JsonValue, Resource

BUCKET = "aws:s3/bucket:Bucket"
FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


def service(kind: str, **annotations: str) -> Resource:
    found = kubernetes(
        "core/v1:Service", "mlflow", {"spec": {"type": kind, "ports": [{"port": 80}]}}
    )
    found.inputs["metadata"]["annotations"] = annotations
    return found


def test_a_service_that_gets_a_load_balancer_answers_the_internet() -> None:
    found = the_only(plan(service("ClusterIP")), plan(service("LoadBalancer")))
    assert found.sentence == (
        "Service ml-mlflow answers port 80 from the internet (0.0.0.0/0), by a load balancer."
    )
    assert found.kind == "exposure"


def test_a_load_balancer_may_stay_inside_the_network() -> None:
    scheme = {"service.beta.kubernetes.io/aws-load-balancer-scheme": "internal"}
    found = the_only(plan(service("ClusterIP")), plan(service("LoadBalancer", **scheme)))
    assert found.gained == ("answers port 80 from the network, by a load balancer",)


def test_a_new_address_of_a_new_tool_counts_for_itself() -> None:
    ingress = kubernetes(
        "networking.k8s.io/v1:Ingress", "web", {"spec": {"rules": [{"host": "a.b"}]}}
    )
    found = the_only(plan(service("ClusterIP")), plan(service("ClusterIP"), ingress))
    assert (found.new, found.gained) == (False, ("answers at a.b from outside the cluster",))
    assert the_only(None, plan(ingress)).new is True


def test_values_of_a_chart_that_expose_something_are_seen() -> None:
    def release(values: JsonValue) -> Resource:
        return resource("kubernetes:helm.sh/v3:Release", "grafana", {"values": values})

    found = the_only(
        plan(release({"grafana": {"service": {"type": "ClusterIP"}}})),
        plan(release({"grafana": {"service": {"type": "LoadBalancer"}}})),
    )
    assert found.gained == ("asks its chart for grafana.service.type: LoadBalancer",)


def test_a_database_with_a_public_address_is_seen() -> None:
    before, after = (
        plan(resource("aws:rds/instance:Instance", "database", {"publiclyAccessible": public}))
        for public in (False, True)
    )
    assert the_only(before, after).gained == ("has a public address",)
    assert the_only(after, before).direction is Direction.NARROWER


def block(**flags: bool) -> Resource:
    token = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
    return resource(token, "block", {"bucket": "acme-data", **flags})


def test_a_block_of_public_access_that_is_lifted_widens() -> None:
    data = resource(BUCKET, "storage-data", {"bucket": "acme-data"})
    closed = plan(data, block(**dict.fromkeys(FLAGS, True)))
    found = the_only(closed, plan(data, block(**{**dict.fromkeys(FLAGS, True), FLAGS[1]: False})))
    assert found.sentence == "Bucket storage-data no longer blocks new public policies."
    assert found.urn == urn(BUCKET, "storage-data")
    assert len(the_only(closed, plan(data)).gained) == 4
    assert the_only(plan(data), closed).direction is Direction.NARROWER


def test_a_block_that_comes_or_goes_with_its_bucket_is_no_finding() -> None:
    data = resource(BUCKET, "storage-data", {"bucket": "acme-data"})
    closed = plan(data, block(**dict.fromkeys(FLAGS, True)))
    assert differing(plan(), closed) == ()
    assert differing(closed, plan()) == ()
