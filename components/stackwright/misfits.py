"""A misfit is a setting of a tool that is right by itself and wrong in its environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from stackwright.blueprint.document import Node
from stackwright.claims import SecretStoreClaim
from stackwright.resolution import Finding, Instance, Resolution
from stackwright.scope import Scope
from stackwright.secret_reference import EnvironmentReference, references
from stackwright.tool import ReleaseSettings


def misfits(resolution: Resolution, scope: Scope, root: Node) -> Iterator[Finding]:
    """Yield every setting that does not fit the environment, and why.

    Args:
        resolution: Every tool of the environment.
        scope: The environment.
        root: Its merged tree, which says in which order the tools are written.
    """
    instances = resolution.instances.values()
    yield from _installed_twice(
        sorted(instances, key=lambda found: root.position(found.location, key=True))
    )
    for instance in instances:
        for location, message in instance.settings.misfits(scope):
            yield (*instance.location, *location), message
        yield from _unreadable(instance, resolution, scope)


def _installed_twice(instances: Iterable[Instance]) -> Iterator[Finding]:
    installed: dict[str, Instance] = {}
    for instance in instances:
        settings = instance.settings
        if isinstance(settings, ReleaseSettings) and settings.install and settings.once_per_cluster:
            first = installed.setdefault(settings.kind, instance)
            if first is not instance:
                yield (
                    instance.location,
                    f"a cluster holds {settings.kind} once, and {first.name} installs it;"
                    " set install: false.",
                )


def _unreadable(instance: Instance, resolution: Resolution, scope: Scope) -> Iterator[Finding]:
    stores = [
        resolution.instances[use.provider.instance].settings
        for use in resolution.uses
        if use.consumer.instance == instance.name and isinstance(use.claim, SecretStoreClaim)
    ]
    for location, reference in references(instance.settings):
        place = (*instance.location, *location)
        if isinstance(reference, EnvironmentReference):
            yield (*place, "from"), _ONLY_A_LAPTOP
        for store in stores:
            for key, message in store.unreadable(reference, scope):
                yield (*place, *key), message


_ONLY_A_LAPTOP = (
    "an environment variable is only for a laptop, and nothing in the cluster sees it; write"
    " from: kubernetes or from: aws-secrets-manager."
)
