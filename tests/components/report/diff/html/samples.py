"""Diffs to report on: what a team would see, with all that a report knows to tell, in any size."""

from __future__ import annotations

from dataclasses import replace

from tests.components.report.diff.html.sample_resources import (
    CLUSTER,
    DATABASE,
    JOINS,
    POLICY,
    SCRIPT,
    SERVING,
    TOOLS,
    TRACKING,
    added,
    change,
    ordinary,
    production,
    removed,
    updated,
    urn,
)

from stackwright.diff.changes import Action, Chain
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
from stackwright.diff.model import (
    BlueprintChange,
    Diff,
    EdgeDiff,
    EnvironmentDiff,
    MatrixRow,
    Presence,
    Side,
    ToolDiff,
)
from stackwright.diff.verdict import verdict


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
