from __future__ import annotations

from stackwright.diff.accelerators import accelerators
from stackwright.diff.findings import AcceleratorRow
from stackwright.plan.graph import JsonValue, Layer, Plan, Resource, symbol

G_AND_VT = "Running On-Demand G and VT instances"
STANDARD = "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances"

NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"


def resource(token: str, name: str, inputs: dict[str, JsonValue]) -> Resource:
    return Resource(f"urn:pulumi:prod::acme::{token}::{name}", token, name, True, inputs)


def plan(*resources: Resource) -> Plan:
    return Plan("acme", "prod", "aws", (Layer("foundation", "p", "prod", resources),))


def pool(name: str, most: JsonValue, *types: str, capacity: str = "ON_DEMAND") -> Resource:
    inputs = {
        "instanceTypes": list(types),
        "capacityType": capacity,
        "scalingConfig": {"minSize": 0, "maxSize": most, "desiredSize": 0},
    }
    return resource(NODE_GROUP, name, inputs)


def kubernetes(kind: str, name: str, spec: dict[str, JsonValue]) -> Resource:
    metadata = {"name": name, "namespace": "ml"}
    inputs = {"kind": kind.rpartition(":")[2], "metadata": metadata, "spec": spec}
    return resource(f"kubernetes:{kind}", name, inputs)


def containers(gpus: JsonValue) -> JsonValue:
    return {"spec": {"containers": [{"resources": {"limits": {"nvidia.com/gpu": gpus}}}]}}


def test_a_larger_pool_needs_more_gpus_and_more_of_its_quota() -> None:
    rows = accelerators(plan(pool("gpu", 4, "g6.2xlarge")), plan(pool("gpu", 8, "g6.2xlarge")))
    assert rows == (AcceleratorRow("gpu", "g6.2xlarge", G_AND_VT, "on-demand", 4, 8, 32, 64),)


def test_a_pool_that_stays_has_no_row() -> None:
    same = plan(pool("gpu", 4, "g6.2xlarge"))
    assert accelerators(same, same) == ()
    assert accelerators(None, plan()) == ()


def test_pools_with_gpus_come_first() -> None:
    rows = accelerators(None, plan(pool("a", 2, "m7i.xlarge"), pool("b", 1, "p5.48xlarge")))
    assert [(row.pool, row.gpus_after, row.vcpus_after) for row in rows] == [
        ("b", 8, 192),
        ("a", 0, 8),
    ]
    assert rows[1].quota == STANDARD


def test_a_pool_of_several_types_needs_the_largest() -> None:
    (row,) = accelerators(None, plan(pool("gpu", 2, "g6.2xlarge", "g6.12xlarge")))
    assert (row.gpus_after, row.vcpus_after) == (8, 96)
    assert row.instance_type == "g6.2xlarge, g6.12xlarge"


def test_a_pool_that_moves_to_another_quota_has_a_row_for_each() -> None:
    before, after = plan(pool("gpu", 1, "g6.2xlarge")), plan(pool("gpu", 1, "p5.48xlarge"))
    assert {
        (row.quota, row.gpus_before, row.gpus_after) for row in accelerators(before, after)
    } == {
        (G_AND_VT, 1, 0),
        ("Running On-Demand P instances", 0, 8),
    }


def test_a_type_that_changes_within_its_quota_is_said() -> None:
    (row,) = accelerators(plan(pool("gpu", 1, "g5.xlarge")), plan(pool("gpu", 1, "g6.xlarge")))
    assert row.instance_type == "g5.xlarge -> g6.xlarge"


def test_spot_has_quotas_of_its_own() -> None:
    (row,) = accelerators(None, plan(pool("gpu", 1, "p5.48xlarge", capacity="SPOT")))
    assert (row.market, row.quota) == ("spot", "All P5 Spot Instance Requests")


def test_the_type_may_come_from_the_launch_template() -> None:
    template = resource(TEMPLATE, "t", {"instanceType": "g6.xlarge"})
    group = resource(
        NODE_GROUP,
        "gpu",
        {"launchTemplate": {"id": symbol(template.urn, "id")}, "scalingConfig": {"maxSize": 3}},
    )
    (row,) = accelerators(None, plan(template, group))
    assert (row.instance_type, row.gpus_after) == ("g6.xlarge", 3)


def test_a_type_that_nobody_knows_says_so() -> None:
    (row,) = accelerators(None, plan(pool("gpu", 1, "g99.xlarge")))
    assert row.instance_type == "g99.xlarge (size not known)"
    assert (row.quota, row.gpus_after, row.vcpus_after) == (G_AND_VT, 0, 0)


def test_a_size_known_after_deployment_is_not_counted() -> None:
    assert accelerators(None, plan(pool("gpu", {"$unknown": ["urn:x#size"]}, "g6.xlarge"))) == ()


def test_pods_ask_for_gpus_times_the_most_an_autoscaler_makes_of_them() -> None:
    model = kubernetes("apps/v1:Deployment", "model", {"replicas": 1, "template": containers("1")})
    scaler = kubernetes(
        "autoscaling/v2:HorizontalPodAutoscaler",
        "scaler",
        {"scaleTargetRef": {"kind": "Deployment", "name": "model"}, "maxReplicas": 6},
    )
    (row,) = accelerators(plan(model), plan(model, scaler))
    assert (row.pool, row.quota, row.gpus_before, row.gpus_after) == ("model", "", 1, 6)


def test_an_inference_service_and_a_job_ask_for_gpus() -> None:
    service = kubernetes(
        "serving.kserve.io/v1beta1:InferenceService",
        "llm",
        {"predictor": {"maxReplicas": 3, "model": containers(2)["spec"]["containers"][0]}},
    )
    job = kubernetes("batch/v1:Job", "train", {"parallelism": 4, "template": containers(1)})
    rows = accelerators(None, plan(service, job))
    assert [(row.pool, row.gpus_after) for row in rows] == [("llm", 6), ("train", 4)]


def test_a_resource_quota_of_kubernetes_is_a_quota() -> None:
    before, after = (
        plan(kubernetes("core/v1:ResourceQuota", "ml", {"hard": {"requests.nvidia.com/gpu": most}}))
        for most in ("1", "8")
    )
    (row,) = accelerators(before, after)
    assert (row.quota, row.gpus_before, row.gpus_after) == ("Kubernetes resource quota", 1, 8)


def test_a_node_pool_of_karpenter_needs_its_limits() -> None:
    def requirement(key: str, *values: str) -> JsonValue:
        return {"key": key, "operator": "In", "values": list(values)}

    wanted = [
        requirement("karpenter.sh/capacity-type", "spot"),
        requirement("karpenter.k8s.aws/instance-category", "g"),
    ]
    spec = {
        "limits": {"cpu": "64", "nvidia.com/gpu": 8},
        "template": {"spec": {"requirements": wanted}},
    }
    (row,) = accelerators(None, plan(kubernetes("karpenter.sh/v1:NodePool", "gpu", spec)))
    assert row == AcceleratorRow(
        "gpu", "g", "All G and VT Spot Instance Requests", "spot", 0, 8, 0, 64
    )


def test_instances_of_sagemaker_have_quotas_by_type() -> None:
    variant = {"variantName": "blue", "instanceType": "ml.g5.xlarge", "initialInstanceCount": 2}
    (row,) = accelerators(
        None, plan(resource(CONFIGURATION, "e", {"productionVariants": [variant]}))
    )
    assert row.pool == "e blue"
    assert row.quota == "SageMaker: ml.g5.xlarge for endpoint usage"
    assert (row.gpus_after, row.vcpus_after) == (2, 8)
