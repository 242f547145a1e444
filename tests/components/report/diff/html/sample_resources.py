"""Resources that change, made by hand: of a platform that a team would have."""

from __future__ import annotations

from stackwright.diff.changes import (
    Action,
    Effect,
    Evidence,
    JsonValue,
    Order,
    PropertyChange,
    PropertyKind,
    Replacement,
    ResourceChange,
)
from stackwright.plan.graph import symbol

HOSTILE = "</script><img src=x onerror=\"document.title='ran'\">&lt;b&gt;\u202e`@everyone`"
"""Runs if anything reads it as markup."""

KIND = {"foundation": "aws", "platform": "kubernetes"}

TOOLS = {
    "network": ("network", "vpc", "VPC over three zones", "foundation"),
    "storage": ("storage", "s3", "S3 buckets", "foundation"),
    "database": ("database", "rds", "RDS PostgreSQL", "foundation"),
    "cluster": ("cluster", "eks", "EKS cluster", "foundation"),
    "identity": ("identity", "pod-identity", "EKS Pod Identity", "foundation"),
    "monitoring": ("monitoring", "prometheus", "Prometheus and Grafana", "platform"),
    "tracking": ("tracking", "mlflow", "MLflow", "platform"),
    "features": ("features", "feast", "Feast", "platform"),
    "serving": ("serving", "kserve", "KServe", "platform"),
    "simple": ("serving", "deployment", "A plain Deployment", "platform"),
}

JOINS = (
    ("cluster", "network", "network", "Network"),
    ("database", "network", "network", "Network"),
    ("tracking", "storage", "artifacts", "ObjectStore"),
    ("tracking", "database", "backend", "RelationalDatabase"),
    ("features", "database", "registry", "RelationalDatabase"),
    ("features", "storage", "offline", "ObjectStore"),
    ("serving", "storage", "models", "ObjectStore"),
    ("serving", "identity", "identity", "WorkloadIdentity"),
    ("serving", "monitoring", "monitoring", "Monitoring"),
    ("simple", "storage", "models", "ObjectStore"),
)

SCRIPT = "set -e\nexport MODE={mode}\npython -m migrate\nexec mlflow server --workers {workers}\n"


def urn(environment: str, layer: str, token: str, name: str) -> str:
    return f"urn:pulumi:{environment}::acme-ml-{layer}::{token}::{name}"


def updated(
    path: str,
    before: JsonValue,
    after: JsonValue,
    effect: Effect = Effect.IN_PLACE,
    evidence: Evidence = Evidence.MEASURED,
) -> PropertyChange:
    return PropertyChange(path, PropertyKind.UPDATE, before, after, effect, evidence)


def added(path: str, value: JsonValue) -> PropertyChange:
    return PropertyChange(path, PropertyKind.ADD, None, value)


def removed(path: str, value: JsonValue) -> PropertyChange:
    return PropertyChange(path, PropertyKind.DELETE, value)


def change(
    environment: str,
    tool: str,
    token: str,
    name: str,
    action: Action,
    *properties: PropertyChange,
    replacement: Replacement | None = None,
    uncertain: bool = False,
    loses: str = "",
    protected: bool = False,
) -> ResourceChange:
    capability, _, _, layer = TOOLS[tool]
    return ResourceChange(
        urn(environment, layer, token, name),
        token,
        name,
        layer,
        tool,
        capability,
        True,
        action,
        properties,
        replacement=replacement,
        uncertain=uncertain,
        loses=loses,
        protected=protected,
    )


DATABASE = ("foundation", "aws:rds/instance:Instance", "database-server")
CLUSTER = ("foundation", "aws:eks/cluster:Cluster", "cluster")
BUCKET = ("foundation", "aws:s3/bucket:Bucket", "storage-data")
SERVING = ("platform", "kubernetes:apps/v1:Deployment", "serving-controller")
TRACKING = ("platform", "kubernetes:apps/v1:Deployment", "tracking-mlflow")
ROLE = ("foundation", "aws:iam/role:Role", "identity-serving")
POLICY = ("foundation", "aws:iam/rolePolicy:RolePolicy", "identity-serving-storage")


def container(environment: str) -> JsonValue:
    return {
        "name": "features",
        "image": "registry.example/feast@sha256:" + "a" * 64,
        "args": ["serve", "--host", "0.0.0.0"],
        "env": [
            {"name": "DATABASE", "value": symbol(urn(environment, *DATABASE), "address")},
            {"name": "PASSWORD", "value": {"$secret": [f"{urn(environment, *DATABASE)}#password"]}},
        ],
        "ports": [{"containerPort": 6566}],
    }


def ordinary(environment: str) -> tuple[ResourceChange, ...]:
    """Return the changes that every environment gets."""
    deployment = {"replicas": 2, "template": {"spec": {"containers": [container(environment)]}}}
    return (
        change(
            environment,
            "features",
            "kubernetes:apps/v1:Deployment",
            "features-server",
            Action.CREATE,
            added("metadata", {"name": "features", "namespace": f"acme-ml-{environment}-features"}),
            added("spec", deployment),
        ),
        *(
            change(environment, "features", f"kubernetes:{kind}", name, Action.CREATE, *given)
            for kind, name, given in (
                ("core/v1:Namespace", "features-namespace", [added("metadata", {"name": "f"})]),
                ("core/v1:Service", "features-service", [added("spec", {"ports": [6566]})]),
                ("core/v1:ServiceAccount", "features-account", []),
            )
        ),
        change(
            environment,
            "tracking",
            TRACKING[1],
            TRACKING[2],
            Action.UPDATE,
            updated("spec.replicas", 1, 2),
            updated(
                "spec.template.spec.containers[name=mlflow].command[2]",
                SCRIPT.format(mode="single", workers=2),
                SCRIPT.format(mode="many", workers=8),
            ),
            added(
                "spec.template.spec.containers[name=mlflow].env[name=FEATURES].value",
                f"http://features.acme-ml-{environment}-features:6566",
            ),
            PropertyChange(
                "spec.template.metadata.annotations.checksum",
                PropertyKind.UPDATE,
                "1" * 64,
                "2" * 64,
                noise="checksum",
            ),
        ),
        change(
            environment,
            "identity",
            POLICY[1],
            POLICY[2],
            Action.UPDATE,
            updated("policy.Statement[Sid=Read].Action[1]", "s3:ListBucket", "s3:*"),
            updated(
                "policy.Statement[Sid=Read].Resource",
                symbol(urn(environment, *BUCKET), "arn") + "/models/*",
                "*",
            ),
        ),
        change(
            environment,
            "monitoring",
            "kubernetes:helm.sh/v3:Release",
            "monitoring",
            Action.UPDATE,
            updated("version", "75.0.0", "76.2.1", Effect.UNKNOWN, Evidence.NONE),
            updated("values.grafana.persistence.size", "10Gi", "20Gi"),
            uncertain=True,
        ),
    )


def production() -> tuple[ResourceChange, ...]:
    """Return what only production gets: a new cluster with all in it, and a new database."""
    forced = updated(
        "encryptionConfig.provider.keyArn", "arn:aws:kms:eu-west-1:123456789012:key/a",
        {"$unknown": [f"{urn('prod', 'foundation', 'aws:kms/key:Key', 'cluster')}#arn"]},
        Effect.REPLACES,
    )  # fmt: skip
    objects = [
        (tool, f"kubernetes:{kind}", f"{tool}-{name}")
        for tool in ("monitoring", "tracking", "serving", "simple")
        for kind, name in (
            ("core/v1:Namespace", "namespace"),
            ("core/v1:ServiceAccount", "account"),
            ("core/v1:ConfigMap", "settings"),
            ("core/v1:Service", "service"),
            ("networking.k8s.io/v1:NetworkPolicy", "policy"),
            ("policy/v1:PodDisruptionBudget", "budget"),
            *(("core/v1:ConfigMap", f"dashboard-{number}") for number in range(9)),
        )
    ]
    cluster = urn("prod", *CLUSTER)
    cascade = Replacement(
        (), Evidence.DOCUMENTED, Order.DELETE_FIRST, "Its pods are gone until the new ones start.",
        because_of=cluster,
    )  # fmt: skip
    return (
        change(
            "prod",
            "cluster",
            CLUSTER[1],
            CLUSTER[2],
            Action.REPLACE,
            forced,
            replacement=Replacement(
                (forced.path,),
                Evidence.MEASURED,
                Order.DELETE_FIRST,
                "Everything in the cluster is down for about 20 minutes.",
            ),
            protected=True,
        ),
        change(
            "prod",
            "database",
            DATABASE[1],
            DATABASE[2],
            Action.REPLACE,
            updated("storageEncrypted", False, True, Effect.REPLACES),
            updated("instanceClass", "db.t4g.medium", "db.m7g.large"),
            updated("tags.owner", "platform", "ml-platform"),
            replacement=Replacement(
                ("storageEncrypted",),
                Evidence.MEASURED,
                Order.DELETE_FIRST,
                "No database answers until the new one is restored.",
            ),
            loses="database",
            protected=True,
        ),
        *(
            change(
                "prod",
                tool,
                token,
                name,
                Action.REPLACE,
                updated("provider", "old", "new", Effect.REPLACES, Evidence.DOCUMENTED),
                replacement=cascade,
            )
            for tool, token, name in objects
        ),
        change("prod", "serving", SERVING[1], SERVING[2], Action.REPLACE, replacement=cascade),
        change(
            "prod",
            "storage",
            "aws:s3/bucket:Bucket",
            "storage-archive",
            Action.DELETE,
            removed("bucket", "acme-ml-prod-archive-123456789012"),
            removed("tags", {"purpose": "archive", "stackwright:environment": "prod"}),
            loses="objects",
        ),
    )
