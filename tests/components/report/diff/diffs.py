"""Diffs to report on, made by hand: one with every risk, quiet ones, hostile ones, large ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from stackwright.diff.changes import (
    Action,
    Chain,
    Effect,
    Evidence,
    Order,
    PropertyChange,
    PropertyKind,
    Replacement,
    ResourceChange,
)
from stackwright.diff.findings import (
    AcceleratorRow,
    AccessChange,
    Allowance,
    Breakage,
    BrokenProject,
    DataLoss,
    Direction,
    Impact,
    Protection,
    ServiceImpact,
)
from stackwright.diff.model import BlueprintChange, Diff, EnvironmentDiff, MatrixRow, Presence, Side
from stackwright.diff.verdict import verdict

BASE = Side("main", "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567", stackwright="0.1.0")
HEAD = Side("working tree", "f0e1d2c3b4a5968778695a4b3c2d1e0f76543210", True, "0.1.0")

RDS = "aws:rds/instance:Instance"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
CRD = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"

TITLES = {
    "database": "database (Amazon RDS for PostgreSQL)",
    "tracking": "tracking server (MLflow)",
    "serving": "model server (KServe)",
    "cluster": "cluster (Amazon EKS)",
}


def urn(type_: str, name: str, environment: str = "prod", layer: str = "platform") -> str:
    return f"urn:pulumi:{environment}::acme-ml-{layer}::{type_}::{name}"


def updated(
    path: str,
    before: object,
    after: object,
    effect: Effect = Effect.IN_PLACE,
    evidence: Evidence = Evidence.MEASURED,
) -> PropertyChange:
    return PropertyChange(path, PropertyKind.UPDATE, before, after, effect, evidence)


def change(
    type_: str,
    name: str,
    action: Action = Action.UPDATE,
    *properties: PropertyChange,
    environment: str = "prod",
    layer: str = "platform",
    tool: str = "tracking",
    capability: str = "tracking",
) -> ResourceChange:
    where = urn(type_, name, environment, layer)
    return ResourceChange(
        where, type_, name, layer, tool, capability, True, action, properties=properties
    )


def environment(
    name: str = "prod", *changes: ResourceChange, unchanged: int = 210
) -> EnvironmentDiff:
    digest = (name.encode().hex() * 64)[:64]
    return EnvironmentDiff(
        name, Presence.BOTH, "aws", unchanged, changes, titles=TITLES, digest=digest
    )


def diff(
    *environments: EnvironmentDiff,
    causes: Sequence[BlueprintChange] = (),
    matrix: Sequence[MatrixRow] = (),
    projects: Sequence[BrokenProject] = (),
    notes: Sequence[str] = (),
) -> Diff:
    return Diff(
        "acme-ml",
        BASE,
        HEAD,
        verdict(environments, projects),
        environments,
        tuple(causes),
        tuple(matrix),
        tuple(projects),
        tuple(notes),
    )


def cause(
    path: str, before: object, after: object, tool: str, line: int, *environments: str
) -> BlueprintChange:
    return BlueprintChange(
        path, before, after, "blueprint.yaml", line, False, tool, environments or ("prod",)
    )


def database(where: str) -> ResourceChange:
    engine = updated("engine", "postgres", "mysql", Effect.REPLACES)
    made = change(
        RDS,
        "database-server",
        Action.REPLACE,
        engine,
        updated("instanceClass", "db.t4g.small", "db.t4g.large"),
        environment=where,
        layer="foundation",
        tool="database",
        capability="database",
    )
    why = Replacement(
        ("engine",),
        Evidence.MEASURED,
        Order.DELETE_FIRST,
        "Nothing answers until the new database is there.",
    )
    return replace(made, replacement=why, loses="database", protected=True)


def loss(where: str, allowed: Allowance | None = None) -> DataLoss:
    return DataLoss(
        urn(RDS, "database-server", where, "foundation"),
        "foundation",
        "database",
        Action.REPLACE,
        "database",
        ("engine",),
        (
            Protection("protect", True, "The engine refuses to delete it while it is set."),
            Protection("final snapshot", False, "None is taken when it is deleted."),
            Protection("backups", True, "Kept for 7 days, and deleted with the instance."),
        ),
        (
            "Take a snapshot of the database.",
            "Add a second database beside it and copy the data.",
            "Point the tools at the new one, then remove the old one in a later change.",
        ),
        allowed,
    )


def tracking(where: str) -> ResourceChange:
    image = PropertyChange(
        "spec.template.spec.containers[name=mlflow].image",
        PropertyKind.UPDATE,
        "mlflow@sha256:" + "0" * 64,
        "mlflow@sha256:" + "1" * 64,
        noise="image digest",
    )
    uri = "spec.template.spec.containers[name=mlflow].env[name=DATABASE].value"
    return change(
        DEPLOYMENT,
        "tracking-server",
        Action.UPDATE,
        updated("spec.replicas", 1, 2),
        updated(uri, f"${{output:{urn(RDS, 'database-server')}#address}}", "db.internal"),
        PropertyChange("metadata.labels.team", PropertyKind.ADD, after="ml"),
        PropertyChange("metadata.labels.owner", PropertyKind.DELETE, before="ops"),
        image,
        environment=where,
    )


def grave() -> Diff:
    """Return a diff in which every section has something to say."""
    everywhere = ("dev", "staging", "prod")
    return diff(
        environment("dev", *_common("dev")),
        environment("staging", *_common("staging")),
        _production(),
        causes=(
            cause("database.engine", "postgres", "mysql", "database", 31),
            cause("tracking.replicas", 1, 2, "tracking", 44, *everywhere),
            cause("serving.gpu.max_nodes", None, 4, "serving", 58),
        ),
        matrix=(
            MatrixRow("tracking.replicas", dict.fromkeys(everywhere, 2), everywhere, False),
            MatrixRow("database.engine", {"dev": "postgres", "prod": "mysql"}, ("prod",), True),
        ),
        projects=(
            BrokenProject(
                "churn",
                "projects/churn.yaml",
                7,
                "acme/churn",
                "prod",
                "RelationalDatabase",
                "database.url",
                Breakage.TYPE_CHANGED,
                "It expects a PostgreSQL address and would get one of MySQL.",
            ),
        ),
        notes=("The base was planned with Stackwright 0.0.9, the head with 0.1.0.",),
    )


def _common(where: str) -> tuple[ResourceChange, ...]:
    crds = (
        change(CRD, f"crd-{number}", Action.UPDATE, updated(f"spec.versions[{number}]", 1, 2))
        for number in range(12)
    )
    quiet = PropertyChange("data.checksum", PropertyKind.UPDATE, "1", "2", noise="checksum")
    return (
        tracking(where),
        *(replace(one, urn=one.urn.replace("prod", where), tool="serving") for one in crds),
        *(change(DEPLOYMENT, f"worker-{letter}", Action.UPDATE, quiet) for letter in "abc"),
        *(
            change(CONFIG_MAP, f"panel-{letter}", Action.CREATE, tool="serving")
            for letter in "abcd"
        ),
    )


def _production() -> EnvironmentDiff:
    policy = change(ROLE_POLICY, "tracking-artifacts", Action.UPDATE, updated("policy", "a", "b"))
    pool = change(NODE_GROUP, "cluster-gpu", Action.UPDATE, tool="cluster")
    odd = replace(
        change(
            CONFIG_MAP,
            "odd",
            Action.UPDATE,
            updated("spec.mode", "a", "b", Effect.UNKNOWN, Evidence.NONE),
        ),
        uncertain=True,
    )
    made = environment("prod", database("prod"), *_common("prod"), policy, pool, odd)
    root = made.changes[0].urn
    return replace(
        made,
        losses=(loss("prod"),),
        chains=(Chain(root, ("engine",), tuple(one.urn for one in made.changes[1:6])),),
        access=(
            AccessChange(
                policy.urn,
                "foundation",
                "tracking",
                "IAM policy",
                Direction.WIDER,
                "The role of tracking may now delete objects.",
                ("s3:DeleteObject on acme-ml-prod-data/*",),
            ),
        ),
        services=(
            ServiceImpact(
                urn(DEPLOYMENT, "tracking-server"),
                "platform",
                "tracking",
                "tracking",
                Impact.INTERRUPTION,
                "It answers with errors until the database is back.",
            ),
        ),
        accelerators=(
            AcceleratorRow(
                "gpu",
                "g5.xlarge",
                "Running On-Demand G and VT instances",
                "on-demand",
                1,
                4,
                4,
                16,
            ),
        ),
        outputs=(updated("platform.wiring.database.port", 5432, 3306),),
        warnings=("platform: the chart of KServe is two versions behind.",),
    )


def large(count: int) -> Diff:
    """Return a diff of `count` resources that all differ in their own way."""
    tools = tuple(TITLES)
    changes = [
        change(
            DEPLOYMENT,
            f"worker-{number}",
            Action.UPDATE,
            updated("spec.replicas", number, number + 1),
            updated("metadata.labels.version", f"v{number}", f"v{number + 1}"),
            tool=tools[number % len(tools)],
        )
        for number in range(count)
    ]
    return diff(environment("prod", *changes))
