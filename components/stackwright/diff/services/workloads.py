"""What an update means for pods: of workloads, Helm releases and models."""

from __future__ import annotations

from collections.abc import Iterator

from stackwright.diff.findings import Impact
from stackwright.diff.services.updates import Judgement, Update, difference, joined
from stackwright.diff.shapes import Inputs, at, mapping, mappings, number
from stackwright.plan.graph import JsonValue
from stackwright.report.words import plural

_SEVERAL = 2
"""Stands for a number of pods that an autoscaler or the number of nodes decides."""


def workload(update: Update) -> Iterator[Judgement]:
    """Judge a Deployment, a StatefulSet or a DaemonSet."""
    had, has = _replicas(update.before), _replicas(update.after)
    if had and not has:
        yield Impact.INTERRUPTION, f"is scaled from {plural('pod', had)} to none: nothing answers"
    elif has and not had:
        yield Impact.NEW, f"answers again, with {plural('pod', has)}"
    elif has and update.touches("spec.template"):
        yield _rolled(update, _stop(update, has))


def model(update: Update) -> Iterator[Judgement]:
    """Judge an InferenceService of KServe."""
    strategies = _below(update.after.get("spec"), "deploymentStrategy")
    if any(mapping(strategy).get("type") == "Recreate" for strategy in strategies):
        yield _rolled(update, "its strategy is Recreate")
    elif update.touches("spec"):
        yield _rolled(update, "")


def runtime(update: Update) -> Iterator[Judgement]:
    """Judge a serving runtime of KServe."""
    if update.touches("spec"):
        yield Impact.ROLLOUT, f"changes, and the models that it runs roll out{_said(update)}"


def release(update: Update) -> Iterator[Judgement]:
    """Judge a Helm release: what its chart runs is not in a plan, and the sentence says so."""
    if not update.touches("version", "values", "chart", "repositoryOpts"):
        return
    version = difference("chart", update.before.get("version"), update.after.get("version"))
    said = joined([version or "other values"])
    yield Impact.ROLLOUT, f"is upgraded{said}. Which of its pods roll out, the chart decides"


def postgres_cluster(update: Update) -> Iterator[Judgement]:
    """Judge a PostgreSQL cluster of CloudNativePG, which restarts standbys first."""
    if not update.touches("spec.imageName", "spec.resources", "spec.postgresql"):
        return
    instances = number(at(update.after, "spec.instances")) or 1
    said = _said(update)
    was, now = (_major(inputs) for inputs in (update.before, update.after))
    if was != now:
        # CloudNativePG documentation, "PostgreSQL upgrades": in place and offline.
        yield Impact.INTERRUPTION, f"stops all its servers until pg_upgrade has run{said}"
    elif instances > 1:
        yield Impact.INTERRUPTION, f"restarts, standbys first, then a switch of seconds{said}"
    else:
        yield Impact.INTERRUPTION, f"restarts, and it has no standby{said}"


def _major(inputs: Inputs) -> str:
    """Return the major version that the tag of the image begins with; empty for none."""
    tag = str(at(inputs, "spec.imageName") or "").partition("@")[0].rpartition(":")[2]
    return tag.partition(".")[0].partition("-")[0]


def _rolled(update: Update, stop: str) -> Judgement:
    if stop:
        return Impact.INTERRUPTION, f"stops before it starts again, as {stop}{_said(update)}"
    return Impact.ROLLOUT, f"rolls out, pod by pod{_said(update)}"


def _replicas(inputs: Inputs) -> int:
    known = number(at(inputs, "spec.replicas"))
    return _SEVERAL if known is None else known


def _stop(update: Update, replicas: int) -> str:
    """Return why all pods are down for a while; empty when some always answer."""
    strategy = mapping(at(update.after, "spec.strategy"))
    if strategy.get("type") == "Recreate":
        return "its strategy is Recreate"
    if replicas > 1:
        return ""
    first_down = number(at(strategy, "rollingUpdate.maxSurge")) == 0
    if update.after.get("kind") == "StatefulSet" or first_down:
        return "its only pod goes before the new one comes"
    if _volumes(update.after) & update.claims:
        return "its volume cannot be used by two nodes at once"
    return ""


def _volumes(inputs: Inputs) -> set[str]:
    """Return the identities of the claims that a workload's pods use."""
    namespace = at(inputs, "metadata.namespace")
    return {
        f"PersistentVolumeClaim/{namespace}/{at(volume, 'persistentVolumeClaim.claimName')}"
        for volume in mappings(at(inputs, "spec.template.spec.volumes"))
        if "persistentVolumeClaim" in volume
    }


def _said(update: Update) -> str:
    """Return what differs in images, models and the number of pods."""
    keys = ("image", "imageName", "storageUri", "runtime")
    parts = [
        difference(key, was, now)
        for key in keys
        for was, now in _pairs(update.before, update.after, key)
    ]
    replicas = (at(update.before, "spec.replicas"), at(update.after, "spec.replicas"))
    return joined([*dict.fromkeys(parts), difference("pods", *replicas)])


def _pairs(before: Inputs, after: Inputs, key: str) -> Iterator[tuple[JsonValue, JsonValue]]:
    """Yield what `key` is before and after at each place below the spec."""
    was = [item for item in _below(before.get("spec"), key) if isinstance(item, str)]
    now = [item for item in _below(after.get("spec"), key) if isinstance(item, str)]
    gone, new = [v for v in was if v not in now], [v for v in now if v not in was]
    for index in range(max(len(gone), len(new))):
        yield (
            gone[index] if index < len(gone) else None,
            new[index] if index < len(new) else None,
        )


def _below(value: JsonValue, key: str) -> Iterator[JsonValue]:
    """Yield every value of `key` at any depth."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name == key:
                yield item
            yield from _below(item, key)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _below(item, key)
