"""What an update means for services that AWS runs."""

from __future__ import annotations

from collections.abc import Iterator

from stackwright.diff.findings import Impact
from stackwright.diff.services.updates import Judgement, Update, difference, joined
from stackwright.diff.shapes import Inputs, mappings

_WORDS = {"engineVersion": "engine", "instanceClass": "instance class"}

_FAILOVER = "typically 60 to 120 seconds, as it has a standby"
"""Amazon RDS User Guide, "Failing over a Multi-AZ DB instance"."""


def database(update: Update) -> Iterator[Judgement]:
    """Judge an RDS database.

    Source of what restarts it: Amazon RDS User Guide, "Settings for DB instances".
    """
    parts = [
        difference(words, update.before.get(key), update.after.get(key))
        for key, words in _WORDS.items()
        if update.touches(key)
    ]
    if any(parts):
        yield Impact.INTERRUPTION, f"restarts{joined(parts)}. {_away(update)}"
    elif update.touches("parameterGroupName", "dbParameterGroupName"):
        yield (
            Impact.INTERRUPTION,
            "has another parameter group, which counts after a restart that somebody must order",
        )
    if update.touches("port"):
        port = difference("port", update.before.get("port"), update.after.get("port"))
        yield Impact.INTERRUPTION, f"answers elsewhere and restarts: {port}"


def _away(update: Update) -> str:
    """Return for how long nobody is answered."""
    was, now = (_version(inputs) for inputs in (update.before, update.after))
    at_once = update.after.get("applyImmediately") is True
    when = "at once" if at_once else "in its next maintenance window"
    if now and was and now < was[: len(now)]:
        return "RDS lowers no version: it would refuse the update"
    if now and was and now[: _majors(update)] != was[: _majors(update)]:
        return f"A new major version stops it, its standby too, until it is upgraded, {when}"
    standby = update.after.get("multiAz") is True
    away = _FAILOVER if standby else "minutes, as it has no standby"
    return f"It is away for {away}, {when}"


def _version(inputs: Inputs) -> tuple[int, ...]:
    """Return the numbers of the engine's version; empty where it is not known."""
    parts = str(inputs.get("engineVersion") or "").split(".")
    numbers = [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 9]
    return tuple(numbers) if len(numbers) == len(parts) else ()


def _majors(update: Update) -> int:
    """Return how many numbers make a major version: two of MySQL (8.0, 8.4), else one.

    Source: Amazon RDS User Guide, "Upgrading a DB instance engine version".
    """
    engine = str(update.after.get("engine"))
    return 2 if "mysql" in engine or "mariadb" in engine else 1


def node_group(update: Update) -> Iterator[Judgement]:
    """Judge a group of nodes of EKS, whose pods move."""
    keys = ("version", "releaseVersion", "amiType", "launchTemplate", "forceUpdateVersion")
    if update.touches(*keys):
        parts = [
            difference("Kubernetes" if key == "version" else key, *_both(update, key))
            for key in keys[:3]
        ]
        yield Impact.ROLLOUT, f"replaces its nodes, some at a time, and pods move{joined(parts)}"


def control_plane(update: Update) -> Iterator[Judgement]:
    """Judge the control plane of EKS, which answers while it is updated."""
    if update.touches("version"):
        versions = difference("Kubernetes", *_both(update, "version"))
        yield Impact.ROLLOUT, f"updates its control plane, which goes on to answer: {versions}"


def endpoint(update: Update) -> Iterator[Judgement]:
    """Judge a SageMaker endpoint, or its configuration, of which the engine makes a new one."""
    if not update.touches("endpointConfigName", "productionVariants", "deploymentConfig"):
        return
    was, now = (_variants(inputs) for inputs in (update.before, update.after))
    parts = [difference(f"variant {name}", was.get(name), now.get(name)) for name in {**was, **now}]
    yield Impact.ROLLOUT, f"moves to new instances while the old ones answer{joined(parts)}"


def _variants(inputs: Inputs) -> dict[str, str]:
    return {
        str(one.get("variantName", "")): " ".join(
            str(one[key])
            for key in ("initialInstanceCount", "instanceType", "initialVariantWeight")
            if isinstance(one.get(key), str | int | float)
        )
        for one in mappings(inputs.get("productionVariants"))
    }


def _both(update: Update, key: str) -> tuple[object, object]:
    return update.before.get(key), update.after.get(key)
