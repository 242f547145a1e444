"""Diffs to report on: what a team would see, with all that a report knows to tell, in any size."""

from __future__ import annotations

from dataclasses import replace

from stackwright.diff.model import (
    AcceleratorRow,
    AccessChange,
    Action,
    Allowance,
    BlueprintChange,
    Breakage,
    BrokenProject,
    Chain,
    DataLoss,
    Diff,
    Direction,
    EdgeDiff,
    Effect,
    EnvironmentDiff,
    Evidence,
    Impact,
    JsonValue,
    MatrixRow,
    Order,
    Presence,
    PropertyChange,
    PropertyKind,
    Protection,
    Replacement,
    ResourceChange,
    ServiceImpact,
    Side,
    ToolDiff,
)
from stackwright.diff.verdict import verdict
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


def losses() -> tuple[DataLoss, ...]:
    bucket = urn("prod", "foundation", "aws:s3/bucket:Bucket", "storage-archive")
    return (
        DataLoss(
            urn("prod", *DATABASE),
            "foundation",
            "database",
            Action.REPLACE,
            "database",
            ("storageEncrypted",),
            (
                Protection("final snapshot", True, "One is taken when the database is deleted."),
                Protection("backups", True, "They are kept for 14 days."),
                Protection("protect", False, "This change lifts it."),
            ),
            (
                "Take a snapshot of the database now and copy it with encryption.",
                "Set database.restore_from to the copy.",
                "Deploy, check the data, then remove the old snapshot.",
            ),
        ),
        DataLoss(
            bucket,
            "foundation",
            "storage",
            Action.DELETE,
            "objects of a bucket",
            (),
            (
                Protection("versioning", True, "Versions go with the bucket."),
                Protection("backups", False, "There are none."),
            ),
            ("Copy the objects to storage-data first.",),
            Allowance("The archive moved to the data lake on 2026-11-02.", "2026-12-15", False),
        ),
    )


def access(environment: str) -> tuple[AccessChange, ...]:
    return (
        AccessChange(
            urn(environment, *POLICY),
            "foundation",
            "identity",
            "IAM policy",
            Direction.WIDER,
            "The model server may now do everything on every bucket.",
            ("s3:* on *",),
            ("s3:ListBucket on the models of storage-data",),
        ),
    )


def services(environment: str) -> tuple[ServiceImpact, ...]:
    tracking = ServiceImpact(
        urn(environment, *TRACKING),
        "platform",
        "tracking",
        "tracking",
        Impact.ROLLOUT,
        "New pods take over one by one; two answer at the end.",
    )
    if environment != "prod":
        return (tracking,)
    serving = ServiceImpact(
        urn(environment, *SERVING),
        "platform",
        "serving",
        "serving",
        Impact.INTERRUPTION,
        "No model answers from the deletion of the cluster until its pods start again.",
    )
    return (serving, tracking)


def tools(environment: str) -> tuple[ToolDiff, ...]:
    return tuple(
        ToolDiff(
            instance,
            capability,
            kind,
            title,
            layer,
            Presence.ADDED if instance == "features" else Presence.BOTH,
            4 if instance == "features" else 12,
            assumed=instance == "database",
        )
        for instance, (capability, kind, title, layer) in TOOLS.items()
    )


def edges() -> tuple[EdgeDiff, ...]:
    new = ("features",)
    return tuple(
        EdgeDiff(*join, Presence.ADDED if join[0] in new else Presence.BOTH) for join in JOINS
    )


def environment(name: str) -> EnvironmentDiff:
    is_production = name == "prod"
    changes = (*(production() if is_production else ()), *ordinary(name))
    replaced = [one for one in changes if one.replacement and one.replacement.because_of]
    pool = AcceleratorRow(
        "serving-gpu",
        "g5.2xlarge",
        "Running On-Demand G and VT instances",
        "on-demand",
        2,
        6,
        16,
        48,
    )
    return EnvironmentDiff(
        environment=name,
        presence=Presence.ADDED if name == "staging" else Presence.BOTH,
        target="aws",
        unchanged=214,
        changes=changes,
        titles={
            instance: f"{capability} ({title})"
            for instance, (capability, _, title, _) in TOOLS.items()
        },
        outputs=(
            added("platform.wiring.features.url", f"http://features.acme-ml-{name}-features:6566"),
        ),
        chains=(
            Chain(
                urn("prod", *CLUSTER),
                ("encryptionConfig.provider.keyArn",),
                tuple(one.urn for one in replaced),
            ),
        )
        if is_production
        else (),
        losses=losses() if is_production else (),
        access=access(name),
        services=services(name),
        accelerators=(pool,) if is_production else (),
        digest="3f9a2c" + "0" * 58,
        tools=tools(name),
        edges=edges(),
    )


def diff_of(*environments: EnvironmentDiff, base: Side, head: Side) -> Diff:
    """Return these environments as a diff with its verdict."""
    return Diff("acme-ml", base, head, verdict(environments, ()), environments)


def sample() -> Diff:
    """Return a change of three environments that does a bit of everything."""
    every = ("dev", "staging", "prod")
    found = diff_of(
        *(environment(name) for name in every),
        base=Side("main", "1f0c2d9a7b3e4f5a6b7c8d9e0f1a2b3c4d5e6f70", stackwright="0.1.0"),
        head=Side("features", "9b8a7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b", True, "0.1.0"),
    )
    broken = BrokenProject(
        "churn-model",
        "projects/churn-model.yaml",
        7,
        "https://git.example/acme/churn-model",
        "prod",
        "ObjectStore",
        "archive",
        Breakage.REMOVED,
        "It reads storage.archive, which this change removes.",
    )
    return replace(
        found,
        verdict=verdict(found.environments, (broken,)),
        causes=causes(every),
        matrix=(
            MatrixRow("tracking.replicas", dict.fromkeys(every, 2), every, False),
            MatrixRow("database.encrypted", {"dev": False, "prod": True}, ("prod",), True),
            MatrixRow("cluster.version", {"dev": "1.36", "prod": "1.35"}, (), True),
        ),
        projects=(broken,),
        notes=("The sides pin different versions: main >=0.1,<0.2, features >=0.1,<0.3.",),
    )


def causes(every: tuple[str, ...]) -> tuple[BlueprintChange, ...]:
    file, archive = "blueprint.yaml", {"versioned": True}
    prod = ("prod",)
    return (
        BlueprintChange("features", None, {"kind": "feast"}, file, 31, False, "features", every),
        BlueprintChange("tracking.replicas", 1, 2, file, 24, False, "tracking", every),
        BlueprintChange("database.encrypted", False, True, file, 52, False, "database", prod),
        BlueprintChange("storage.archive", archive, None, file, 40, True, "storage", prod),
    )


def sized(count: int) -> Diff:
    """Return `count` changed resources in one environment, in the mixture of a real platform."""
    names = list(TOOLS)
    actions = (Action.UPDATE, Action.UPDATE, Action.CREATE, Action.UPDATE, Action.DELETE)
    changes = tuple(
        change(
            "prod",
            names[number % len(names)],
            "kubernetes:core/v1:ConfigMap",
            f"{names[number % len(names)]}-settings-{number}",
            actions[number % len(actions)],
            updated("metadata.labels.version", f"1.{number}.0", f"1.{number + 1}.0"),
            updated("data.workers", str(number), str(number * 2)),
            updated(
                "data.start",
                SCRIPT.format(mode="a", workers=number),
                SCRIPT.format(mode="b", workers=2),
            ),
            added(
                "data.address", f"http://service-{number}.acme-ml-prod-serving.svc:8080/v2/models"
            ),
            removed("data.legacy", {"$secret": [f"{urn('prod', *DATABASE)}#password"]}),
        )
        for number in range(count)
    )
    one = EnvironmentDiff(
        "prod", Presence.BOTH, "aws", 400, changes, tools=tools("prod"), edges=edges()
    )
    return diff_of(one, base=Side("main"), head=Side("topic"))
