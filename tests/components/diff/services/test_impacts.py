from __future__ import annotations

from dataclasses import replace

import pytest

from stackwright.diff.changes import (
    Action,
    Evidence,
    Order,
    PropertyChange,
    PropertyKind,
    Replacement,
    ResourceChange,
)
from stackwright.diff.findings import Impact, ServiceImpact
from stackwright.diff.services.impacts import services
from stackwright.plan.graph import JsonValue, Layer, Plan, Resource, Tool, symbol

TRACKING = Tool("tracking", "tracking", "mlflow", "MLflow", ("platform",))
ONLINE = Tool("online", "serving", "kserve", "KServe", ("platform",))

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
STATEFUL_SET = "kubernetes:apps/v1:StatefulSet"
DATABASE = "aws:rds/instance:Instance"


def resource(token: str, name: str, inputs: dict[str, JsonValue]) -> Resource:
    urn = f"urn:pulumi:prod::acme::{token}::{name}"
    return Resource(urn, token, name, True, inputs, tool="tracking")


def plan(*resources: Resource, tools: tuple[Tool, ...] = (TRACKING,)) -> Plan:
    layer = Layer("platform", "p", "prod", resources)
    return Plan("acme", "prod", "aws", (layer,), tools)


def change(of: Resource, action: Action = Action.UPDATE, *paths: str) -> ResourceChange:
    return ResourceChange(
        of.urn,
        of.type,
        of.name,
        "platform",
        of.tool,
        "tracking",
        True,
        action,
        tuple(PropertyChange(path, PropertyKind.UPDATE) for path in paths),
    )


def updated(before: Resource, after: Resource, *paths: str) -> tuple[ServiceImpact, ...]:
    return services([change(after, Action.UPDATE, *paths)], plan(before), plan(after))


def workload(token: str = DEPLOYMENT, replicas: JsonValue = 2, **spec: JsonValue) -> Resource:
    containers = [{"name": "mlflow", "image": spec.pop("image", "acme/mlflow:3.1")}]
    template = {"spec": {"containers": containers, "volumes": spec.pop("volumes", [])}}
    body = {"replicas": replicas, "template": template, **spec}
    metadata = {"name": "tracking", "namespace": "ml"}
    kind = token.rpartition(":")[2]
    return resource(token, "tracking", {"kind": kind, "metadata": metadata, "spec": body})


IMAGE = "spec.template.spec.containers[name=mlflow].image"


def test_a_new_image_rolls_out_and_is_said() -> None:
    (found,) = updated(workload(), workload(image="acme/mlflow:3.2"), IMAGE)
    assert found.impact is Impact.ROLLOUT
    assert found.sentence == (
        "Deployment tracking rolls out, pod by pod: image acme/mlflow:3.1 -> acme/mlflow:3.2."
    )
    assert (found.tool, found.capability, found.layer) == ("tracking", "tracking", "platform")


def test_a_digest_is_shown_short() -> None:
    before, after = (workload(image=f"acme/mlflow@sha256:{one * 64}") for one in "ab")
    (found,) = updated(before, after, IMAGE)
    assert "acme/mlflow@aaaaaaaaaaaa -> acme/mlflow@bbbbbbbbbbbb" in found.sentence


def test_labels_of_the_workload_alone_roll_nothing_out() -> None:
    assert updated(workload(), workload(), "metadata.labels.team") == ()


def test_more_pods_are_no_rollout_and_none_is_an_interruption() -> None:
    assert updated(workload(replicas=1), workload(replicas=2), "spec.replicas") == ()
    (found,) = updated(workload(replicas=2), workload(replicas=0), "spec.replicas")
    assert found.impact is Impact.INTERRUPTION
    assert found.sentence == ("Deployment tracking is scaled from 2 pods to none: nothing answers.")
    (back,) = updated(workload(replicas=0), workload(replicas=1), "spec.replicas")
    assert back.impact is Impact.NEW


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (workload(strategy={"type": "Recreate"}), "its strategy is Recreate"),
        (workload(STATEFUL_SET, 1), "its only pod goes before the new one comes"),
        (
            workload(replicas=1, strategy={"rollingUpdate": {"maxSurge": 0}}),
            "its only pod goes before the new one comes",
        ),
    ],
)
def test_pods_that_all_stop_first_are_an_interruption(after: Resource, reason: str) -> None:
    (found,) = updated(after, after, IMAGE)
    assert found.impact is Impact.INTERRUPTION
    assert reason in found.sentence


@pytest.mark.parametrize(
    ("mode", "impact"),
    [("ReadWriteOnce", Impact.INTERRUPTION), ("ReadWriteMany", Impact.ROLLOUT)],
)
def test_a_volume_for_one_node_stops_a_single_pod(mode: str, impact: Impact) -> None:
    metadata = {"name": "data", "namespace": "ml"}
    claim = resource(
        "kubernetes:core/v1:PersistentVolumeClaim",
        "data",
        {"kind": "PersistentVolumeClaim", "metadata": metadata, "spec": {"accessModes": [mode]}},
    )
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    after = workload(replicas=1, volumes=volumes)
    found = services([change(after, Action.UPDATE, IMAGE)], plan(after), plan(after, claim))
    assert [one.impact for one in found] == [impact]


def test_what_a_chart_does_is_not_claimed_to_be_known() -> None:
    before, after = (
        resource("kubernetes:helm.sh/v3:Release", "online", {"version": version, "values": {}})
        for version in ("1.0", "2.0")
    )
    (found,) = updated(before, after, "version")
    assert found.sentence == (
        "Helm release online is upgraded: chart 1.0 -> 2.0. Which of its pods roll out, the chart"
        " decides."
    )


def test_a_model_that_is_moved_rolls_out() -> None:
    before, after = (
        resource(
            "kubernetes:serving.kserve.io/v1beta1:InferenceService",
            "churn",
            {"spec": {"predictor": {"model": {"storageUri": f"s3://models/churn/{version}"}}}},
        )
        for version in (1, 2)
    )
    (found,) = updated(before, after, "spec.predictor.model.storageUri")
    assert found.impact is Impact.ROLLOUT
    assert "storageUri s3://models/churn/1 -> s3://models/churn/2" in found.sentence


@pytest.mark.parametrize(
    ("standby", "words"), [(True, "60 to 120 seconds"), (False, "minutes, as it has no standby")]
)
def test_a_database_of_another_class_restarts(standby: bool, words: str) -> None:
    before, after = (
        resource(DATABASE, "database", {"instanceClass": size, "multiAz": standby})
        for size in ("db.t4g.small", "db.m7g.large")
    )
    (found,) = updated(before, after, "instanceClass")
    assert found.impact is Impact.INTERRUPTION
    assert "instance class db.t4g.small -> db.m7g.large" in found.sentence
    assert words in found.sentence
    assert "in its next maintenance window" in found.sentence


@pytest.mark.parametrize(
    ("engine", "before", "after", "words"),
    [
        ("postgres", "17", "18", "A new major version stops it, its standby too"),
        ("postgres", "17.2", "17.4", "60 to 120 seconds"),
        ("postgres", "17", "17.4", "60 to 120 seconds"),
        ("mysql", "8.0.35", "8.4.1", "A new major version"),
        ("mysql", "8.0.35", "8.0.40", "60 to 120 seconds"),
        ("postgres", "17", "16", "RDS lowers no version: it would refuse the update"),
        ("postgres", "17.4", "17.2", "RDS lowers no version"),
        ("postgres", "17.4", "17", "60 to 120 seconds"),
    ],
)
def test_a_new_major_version_of_a_database_takes_longer(
    engine: str, before: str, after: str, words: str
) -> None:
    was, now = (
        resource(DATABASE, "d", {"engine": engine, "engineVersion": version, "multiAz": True})
        for version in (before, after)
    )
    (found,) = updated(was, now, "engineVersion")
    assert words in found.sentence
    assert found.impact is Impact.INTERRUPTION


def test_backups_of_a_database_interrupt_nobody() -> None:
    database = resource(DATABASE, "database", {"backupRetentionPeriod": 7})
    assert updated(database, database, "backupRetentionPeriod") == ()


def test_a_postgres_cluster_without_a_standby_is_away_while_it_restarts() -> None:
    token = "kubernetes:postgresql.cnpg.io/v1:Cluster"
    one, three = (
        resource(token, "database", {"spec": {"instances": count, "imageName": "pg:17"}})
        for count in (1, 3)
    )
    assert "it has no standby" in updated(one, one, "spec.imageName")[0].sentence
    assert "a switch of seconds" in updated(three, three, "spec.imageName")[0].sentence


def test_a_major_version_of_a_postgres_cluster_stops_all_its_servers() -> None:
    token = "kubernetes:postgresql.cnpg.io/v1:Cluster"
    before, after = (
        resource(
            token, "database", {"spec": {"instances": 3, "imageName": f"cnpg/postgresql:{tag}"}}
        )
        for tag in ("17.5-standard", "18.1-standard")
    )
    (found,) = updated(before, after, "spec.imageName")
    assert "stops all its servers until pg_upgrade has run" in found.sentence


def test_nodes_move_when_their_launch_template_changes() -> None:
    template = resource("aws:ec2/launchTemplate:LaunchTemplate", "gpu-template", {})
    group = resource(
        "aws:eks/nodeGroup:NodeGroup", "gpu", {"launchTemplate": {"id": symbol(template.urn, "id")}}
    )
    both = plan(template, group)
    changes = [
        change(template, Action.UPDATE, "blockDeviceMappings"),
        change(group, Action.UPDATE, "launchTemplate.version"),
    ]
    (found,) = services(changes, both, both)
    assert (found.impact, found.urn) == (Impact.ROLLOUT, group.urn)
    assert found.sentence.startswith("EKS node group gpu replaces its nodes, some at a time")


def node_group(name: str, type_: str = "m7i.xlarge") -> Resource:
    scaling = {"maxSize": 2}
    inputs: dict[str, JsonValue] = {"instanceTypes": [type_], "scalingConfig": scaling}
    return resource("aws:eks/nodeGroup:NodeGroup", name, inputs)


def test_pods_move_to_the_other_nodes_when_a_pool_goes() -> None:
    general, small = node_group("general"), node_group("small")
    (found,) = services([change(small, Action.DELETE)], plan(general, small), plan(general))
    assert found.impact is Impact.ROLLOUT
    assert found.sentence == (
        "EKS node group small is gone: its nodes are drained, and pods move to other nodes."
    )


def test_the_last_pool_with_gpus_leaves_nothing_to_move_to() -> None:
    general, gpu, other = (
        node_group("general"),
        node_group("gpu", "g6.2xlarge"),
        node_group("accelerated", "g6.4xlarge"),
    )
    gone = [change(gpu, Action.DELETE)]
    (last,) = services(gone, plan(general, gpu), plan(general))
    assert last.impact is Impact.INTERRUPTION
    assert last.sentence == (
        "EKS node group gpu is gone, and no node has a GPU any more: pods that ask for one do not"
        " run."
    )
    (moved,) = services(gone, plan(general, gpu), plan(general, other))
    assert moved.impact is Impact.ROLLOUT


def test_the_last_pool_of_all_interrupts() -> None:
    general = node_group("general")
    (found,) = services([change(general, Action.DELETE)], plan(general), plan())
    assert (found.impact, found.sentence) == (Impact.GONE, "EKS node group general is gone.")


def test_a_new_pool_interrupts_nobody_and_is_said_by_its_name() -> None:
    general, small = node_group("general"), node_group("small")
    (found,) = services([change(small, Action.CREATE)], plan(general), plan(general, small))
    assert (found.impact, found.sentence) == (Impact.NEW, "EKS node group small is new.")


def test_a_replaced_configuration_of_an_endpoint_is_a_rollout() -> None:
    before, after = (
        resource(
            "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
            "churn",
            {
                "productionVariants": [
                    {"variantName": "a", "instanceType": size, "initialInstanceCount": 2}
                ]
            },
        )
        for size in ("ml.m5.large", "ml.g5.xlarge")
    )
    one = change(after, Action.REPLACE, "productionVariants[0].instanceType")
    (found,) = services([one], plan(before), plan(after))
    assert found.impact is Impact.ROLLOUT
    assert "variant a 2 ml.m5.large -> 2 ml.g5.xlarge" in found.sentence


def test_an_endpoint_says_what_moves_and_its_configuration_not_again() -> None:
    def both(size: str) -> tuple[Resource, Resource]:
        variants = [{"variantName": "a", "instanceType": size, "initialInstanceCount": 1}]
        token = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"
        configuration = resource(token, "c", {"productionVariants": variants})
        name = symbol(configuration.urn, "name")
        endpoint = resource("aws:sagemaker/endpoint:Endpoint", "e", {"endpointConfigName": name})
        return configuration, endpoint

    base, head = both("ml.m5.large"), both("ml.g5.xlarge")
    changes = [
        change(head[0], Action.REPLACE, "productionVariants[0].instanceType"),
        change(head[1], Action.UPDATE, "endpointConfigName"),
    ]
    (found,) = services(changes, plan(*base), plan(*head))
    assert found.urn == head[1].urn
    assert "variant a 1 ml.m5.large -> 1 ml.g5.xlarge" in found.sentence


def replaced(of: Resource, order: Order, gap: str = "", because_of: str = "") -> ResourceChange:
    replacement = Replacement(("x",), Evidence.MEASURED, order, gap, because_of)
    return replace(change(of, Action.REPLACE), replacement=replacement)


def test_a_workload_that_goes_before_its_successor_comes_is_an_interruption() -> None:
    one = workload()
    (first,) = services([replaced(one, Order.DELETE_FIRST)], plan(one), plan(one))
    assert first.impact is Impact.INTERRUPTION
    (later,) = services([replaced(one, Order.CREATE_FIRST)], plan(one), plan(one))
    assert later.impact is Impact.ROLLOUT


def test_the_gap_of_a_replacement_is_said_in_its_own_words() -> None:
    gateway = resource("aws:ec2/natGateway:NatGateway", "nat", {})
    one = replaced(gateway, Order.DELETE_FIRST, "Nothing reaches the internet meanwhile.")
    (found,) = services([one], plan(gateway), plan(gateway))
    assert found.sentence == "NAT gateway nat is replaced. Nothing reaches the internet meanwhile."
    assert services([replaced(gateway, Order.DELETE_FIRST)], plan(gateway), plan(gateway)) == ()


def test_what_one_replacement_forces_is_said_once_for_each_tool_by_its_pods() -> None:
    service = resource("kubernetes:core/v1:Service", "web", {})
    many = [service, *(resource(DEPLOYMENT, f"d{index}", {}) for index in range(5))]
    forced = [replaced(one, Order.DELETE_FIRST, because_of="urn:cluster") for one in many]
    (found,) = services(forced, plan(*many), plan(*many))
    assert found.urn == many[1].urn


def test_what_starts_anew_in_another_cluster_is_interrupted_whatever_the_order() -> None:
    one = workload()
    provider = "urn:pulumi:prod::acme::pulumi:providers:kubernetes::cluster"
    moved = replaced(one, Order.CREATE_FIRST, because_of=provider)
    (found,) = services([moved], plan(one), plan(one))
    assert found.impact is Impact.INTERRUPTION


def test_a_new_tool_is_said_once_in_its_role() -> None:
    first, second = workload(), resource(STATEFUL_SET, "cache", {})
    changes = [change(first, Action.CREATE), change(second, Action.CREATE)]
    (found,) = services(changes, plan(tools=(ONLINE,)), plan(first, second))
    assert (found.impact, found.sentence) == (Impact.NEW, "The tracking server (MLflow) is new.")
    (gone,) = services([change(first, Action.DELETE)], plan(first), None)
    assert (gone.impact, gone.sentence) == (Impact.GONE, "The tracking server (MLflow) is gone.")


def test_a_workload_that_leaves_a_tool_is_gone() -> None:
    one = workload()
    (found,) = services([change(one, Action.DELETE)], plan(one), plan())
    assert (found.impact, found.sentence) == (Impact.GONE, "Deployment tracking is gone.")


def test_what_only_prepares_the_ground_serves_nobody() -> None:
    one = workload()
    behind = replace(change(one, Action.UPDATE, IMAGE), capability="certificates")
    assert services([behind], plan(one), plan(one)) == ()


def test_an_address_that_goes_interrupts_who_calls_it() -> None:
    def ingress(*hosts: str) -> Resource:
        rules = [{"host": host} for host in hosts]
        token = "kubernetes:networking.k8s.io/v1:Ingress"
        return resource(token, "web", {"kind": "Ingress", "spec": {"rules": rules}})

    (found,) = updated(ingress("old.example"), ingress("new.example"), "spec.rules[0].host")
    assert found.impact is Impact.INTERRUPTION
    assert found.sentence == (
        "Ingress web no longer answers at old.example, it answers at new.example now."
    )
    (more,) = updated(ingress("a"), ingress("a", "b"), "spec.rules[1]")
    assert more.impact is Impact.NEW


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("ClusterIP", "LoadBalancer", ""),
        ("ClusterIP", "NodePort", ""),
        ("LoadBalancer", "ClusterIP", "loses its load balancer"),
        ("NodePort", "ClusterIP", "no longer answers on the nodes"),
        ("ClusterIP", "ExternalName", "loses its address in the cluster"),
    ],
)
def test_a_service_that_is_exposed_keeps_the_address_that_it_has(
    before: str, after: str, words: str
) -> None:
    was, now = (
        resource("kubernetes:core/v1:Service", "web", {"kind": "Service", "spec": {"type": kind}})
        for kind in (before, after)
    )
    found = updated(was, now, "spec.type")
    assert [words in one.sentence for one in found] == ([True] if words else [])


def test_interruptions_come_first_and_names_stay_on_one_line() -> None:
    calm = workload()
    rough = replace(
        workload(strategy={"type": "Recreate"}), urn="urn:b", name="a\nb\u202e", tool="tracking"
    )
    changes = [change(calm, Action.UPDATE, IMAGE), change(rough, Action.UPDATE, IMAGE)]
    both = plan(calm, rough)
    found = services(changes, both, both)
    assert [one.impact for one in found] == [Impact.INTERRUPTION, Impact.ROLLOUT]
    assert "\n" not in found[0].sentence
