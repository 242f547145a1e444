"""Plans to report on: a realistic small one with hostile names, and a large one."""

from __future__ import annotations

import pytest

from stackwright.plan.graph import (
    Assumption,
    Edge,
    JsonValue,
    Layer,
    Plan,
    Resource,
    ResourceOptions,
    Tool,
    symbol,
)

HOSTILE = "<script>alert(1)</script>|`@everyone`\x1b[31m\u202e"
SECRET = "hunter2-never-shown"


def urn(layer: str, token: str, name: str) -> str:
    return f"urn:pulumi:prod::acme-ml-{layer}::{token}::{name}"


def resource(
    layer: str,
    tool: str,
    token: str,
    name: str,
    inputs: dict[str, JsonValue] | None = None,
    *,
    protect: bool = False,
) -> Resource:
    options = ResourceOptions(protect=protect)
    where = urn(layer, token, name)
    return Resource(where, token, name, True, inputs or {}, options=options, tool=tool)


def component(
    layer: str, tool: str, kind: str, outputs: dict[str, JsonValue] | None = None
) -> Resource:
    token = f"stackwright:index:{kind}"
    return Resource(urn(layer, token, tool), token, tool, False, {}, outputs or {}, tool=tool)


def aws(
    tool: str, token: str, name: str, inputs: dict[str, JsonValue], *, protect: bool = False
) -> Resource:
    return resource("foundation", tool, f"aws:{token}", name, inputs, protect=protect)


def kubernetes(tool: str, token: str, name: str, inputs: dict[str, JsonValue]) -> Resource:
    version, _, kind = token.partition(":")
    full = {
        "apiVersion": version.removeprefix("core/"),
        "kind": kind,
        "metadata": {"name": name, "namespace": f"acme-ml-prod-{tool}"},
        **inputs,
    }
    return resource("platform", tool, f"kubernetes:{token}", f"{tool}-{name}", full)


DATA_BUCKET = urn("foundation", "aws:s3/bucket:Bucket", "storage-data")
DATABASE = urn("foundation", "aws:rds/instance:Instance", "database-server")
ROLE = urn("foundation", "aws:iam/role:Role", "identity-tracking")


def foundation() -> Layer:
    bucket = symbol(DATA_BUCKET, "arn")
    policy = '{"Statement":[{"Resource":"' + bucket + '/*"}]}'
    data = {"bucket": "acme-ml-prod-data", "tags": {"note": HOSTILE}}
    server = {"engine": "postgres", "port": 5432, "password": {"$secret": [f"{ROLE}#id"]}}
    stack = "pulumi:pulumi:Stack"
    resources = (
        Resource(urn("foundation", stack, "s"), stack, "s", False, {}),
        resource("foundation", "", "pulumi:providers:aws", "aws", {"region": "eu-west-1"}),
        component("foundation", "network", "Vpc", {"vpcId": {"$unknown": [f"{ROLE}#id"]}}),
        aws("network", "ec2/vpc:Vpc", "network", {"cidrBlock": "10.20.0.0/16"}),
        *(aws("network", "ec2/subnet:Subnet", f"network-private-{zone}", {}) for zone in "abc"),
        component("foundation", "storage", "S3Buckets", {"dataUrl": f"s3://{bucket}/data"}),
        aws("storage", "s3/bucket:Bucket", "storage-data", data, protect=True),
        aws("storage", "s3/bucketPolicy:BucketPolicy", "storage-data", {"policy": policy}),
        component("foundation", "database", "RdsPostgres"),
        aws("database", "rds/instance:Instance", "database-server", server, protect=True),
        component("foundation", "cluster", "EksCluster"),
        aws("cluster", "eks/cluster:Cluster", "cluster", {}),
        aws("cluster", "eks/nodeGroup:NodeGroup", "cluster-general", {}),
        component("foundation", "identity", "PodIdentity"),
        aws("identity", "iam/role:Role", "identity-tracking", {"inlinePolicy": policy}),
    )
    bindings = {
        "storage.data": {"url": f"s3://{symbol(DATA_BUCKET, 'bucket')}/data", "arn": bucket},
        "database.address": symbol(DATABASE, "address"),
        "database.port": {"$unknown": [f"{DATABASE}#port"]},
    }
    return Layer("foundation", "acme-ml-foundation", "prod", resources, {"bindings": bindings})


def tracking_deployment() -> dict[str, JsonValue]:
    container = {
        "name": "mlflow",
        "image": "registry.example/mlflow@sha256:" + "0" * 64,
        "args": ["--host", "0.0.0.0", "--flag", "yes", "1e3", "on"],
        "env": [
            {"name": "DATABASE", "value": symbol(DATABASE, "address")},
            {"name": "STORE", "value": f"s3://{symbol(DATA_BUCKET, 'bucket')}/mlflow"},
        ],
        "ports": [{"containerPort": 5000, "hostPort": {"$unknown": [f"{DATABASE}#port"]}}],
    }
    labels = {"app": "mlflow"}
    return {
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        }
    }


MONITORING: dict[str, JsonValue] = {
    "name": "monitoring",
    "chart": "kube-prometheus-stack",
    "version": "75.0.0",
    "namespace": "acme-ml-prod-monitoring",
    "repositoryOpts": {"repo": "https://charts.example/prometheus"},
    "skipCrds": True,
    "timeout": 600,
    "values": {"grafana": {"enabled": True, "bucket": symbol(DATA_BUCKET, "bucket")}},
}

KSERVE: dict[str, JsonValue] = {
    "chart": "oci://charts.example/kserve; touch /tmp/x",
    "version": "v0.15.0",
    "namespace": "acme-ml-prod-serving",
    "skipAwait": True,
}


def platform() -> Layer:
    release = "kubernetes:helm.sh/v3:Release"
    script = {"data": {"start.sh": "set -e\nexec mlflow\n"}}
    token = {"stringData": {"$secret": [f"{ROLE}#id"]}}
    rule = {"spec": {"groups": [{"name": HOSTILE, "rules": []}]}}
    own = {"metadata": {"name": "own"}}
    resources = (
        component("platform", "tracking", "MlflowTracking", {"uri": "http://mlflow.tracking:5000"}),
        kubernetes("tracking", "core/v1:Namespace", "acme-ml-prod-tracking", {}),
        kubernetes("tracking", "core/v1:ConfigMap", "settings", script),
        kubernetes("tracking", "core/v1:Secret", "token", token),
        kubernetes("tracking", "core/v1:Secret", "plain", {"stringData": {"password": SECRET}}),
        kubernetes("tracking", "apps/v1:Deployment", "mlflow", tracking_deployment()),
        kubernetes("tracking", "core/v1:Service", "mlflow", {"spec": {"ports": [{"port": 5000}]}}),
        component("platform", "serving", "KserveServing"),
        resource("platform", "serving", release, "serving-kserve", KSERVE),
        component("platform", "monitoring", "PrometheusMonitoring"),
        kubernetes("monitoring", "core/v1:Namespace", "acme-ml-prod-monitoring", {}),
        resource("platform", "monitoring", release, "monitoring", MONITORING),
        kubernetes("monitoring", "monitoring.coreos.com/v1:PrometheusRule", HOSTILE, rule),
        resource("platform", "", "kubernetes:core/v1:ConfigMap", "own", own),
    )
    return Layer("platform", "acme-ml-platform", "prod", resources, {}, ("a filter was skipped",))


TOOLS = (
    Tool("network", "network", "vpc", "VPC over three zones", ("foundation",)),
    Tool("storage", "storage", "s3", "S3 buckets", ("foundation",)),
    Tool("database", "database", "rds", "RDS PostgreSQL", ("foundation",), assumed=True),
    Tool("cluster", "cluster", "eks", "EKS cluster", ("foundation",)),
    Tool("identity", "identity", "pod-identity", HOSTILE, ("foundation",)),
    Tool("registry", "registry", "given", "Images from a given registry", ("platform",)),
    Tool("tracking", "tracking", "mlflow", "MLflow tracking server", ("platform",)),
    Tool("serving", "serving", "kserve", "KServe", ("platform",)),
    Tool("monitoring", "monitoring", "prometheus", "Prometheus and Grafana", ("platform",)),
)

EDGES = (
    Edge("cluster", "network", "network", "Network"),
    Edge("database", "network", "network", "Network"),
    Edge("tracking", "storage", "artifacts", "ObjectStore"),
    Edge("tracking", "database", "backend", "RelationalDatabase"),
    Edge("tracking", "cluster", "cluster", "KubernetesCluster"),
    Edge("tracking", "identity", "identity", "WorkloadIdentity"),
    Edge("tracking", "monitoring", HOSTILE, "Monitoring"),
    Edge("serving", "storage", "models", "ObjectStore"),
    Edge("serving", "registry", "images", "ImageRegistry"),
    Edge("serving", "cluster", "cluster", "KubernetesCluster"),
    Edge("monitoring", "cluster", "cluster", "KubernetesCluster"),
)


@pytest.fixture
def sample() -> Plan:
    return Plan(
        name="acme-ml",
        environment="prod",
        target="aws",
        layers=(foundation(), platform()),
        tools=TOOLS,
        edges=EDGES,
        wiring={
            "tracking": {"uri": "http://mlflow.tracking:5000"},
            "storage": {"data": f"s3://{symbol(DATA_BUCKET, 'bucket')}/data"},
            "token": {"$secret": [f"{ROLE}#id"]},
            "hostile|key": HOSTILE,
        },
        assumptions=(
            Assumption("target.account", "123456789012", "example", "no account was given"),
            Assumption("cluster.version", "1.35", "default", "newest supported version"),
            Assumption("storage.versioned", True, "profile", HOSTILE),
        ),
        stackwright="0.1.0",
    )


@pytest.fixture
def large() -> Plan:
    """Return 250 resources of 25 tools in two layers; each tool uses up to three earlier ones."""
    names = [f"tool-{number:02}" for number in range(25)]
    layer_of = {
        name: "foundation" if number < 10 else "platform" for number, name in enumerate(names)
    }
    layers = tuple(
        Layer(
            layer,
            f"acme-{layer}",
            "prod",
            tuple(
                resource(
                    layer, name, "kubernetes:core/v1:ConfigMap", f"{name}-{number}", {"data": {}}
                )
                for name in names
                if layer_of[name] == layer
                for number in range(10)
            ),
        )
        for layer in ("foundation", "platform")
    )
    tools = tuple(
        Tool(name, f"capability-{number // 2}", "kind", f"Tool {number}", (layer_of[name],))
        for number, name in enumerate(names)
    )
    edges = tuple(
        Edge(names[number], names[used], "data", "ObjectStore")
        for number in range(2, 25)
        for used in sorted({number // 3, number % 10, number // 2} - {number})
        if used < number
    )
    return Plan("large", "prod", "aws", layers, tools, edges)


@pytest.fixture
def hostile() -> str:
    """Return the text that `sample` has in names, titles, values and reasons."""
    return HOSTILE


@pytest.fixture
def secret() -> str:
    """Return the text that stands unmarked in a Secret of `sample`."""
    return SECRET


@pytest.fixture
def tiny() -> Plan:
    """Return one tool that keeps its artifacts in another one."""
    bucket = resource(
        "foundation",
        "storage",
        "aws:s3/bucket:Bucket",
        "storage-data",
        {"bucket": "b"},
        protect=True,
    )
    service = kubernetes("tracking", "core/v1:Service", "mlflow", {"spec": {"clusterIP": "None"}})
    return Plan(
        name="acme-ml",
        environment="dev",
        target="aws",
        layers=(
            Layer("foundation", "acme-ml-foundation", "dev", (bucket,)),
            Layer("platform", "acme-ml-platform", "dev", (service,)),
        ),
        tools=(
            Tool("storage", "storage", "s3", "S3 buckets", ("foundation",)),
            Tool("tracking", "tracking", "mlflow", "MLflow", ("platform",)),
        ),
        edges=(Edge("tracking", "storage", "artifacts", "ObjectStore"),),
        wiring={"storage": {"url": f"s3://{symbol(DATA_BUCKET, 'bucket')}/x"}},
    )
