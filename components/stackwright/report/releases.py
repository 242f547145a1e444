"""A Helm release of a plan as a values file and a `helm upgrade --install` line."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stackwright.plan.graph import JsonValue, Resource

RELEASE = "kubernetes:helm.sh/v3:Release"

_FLAGS = {
    "atomic": "--atomic",
    "cleanupOnFail": "--cleanup-on-fail",
    "createNamespace": "--create-namespace",
    "dependencyUpdate": "--dependency-update",
    "devel": "--devel",
    "disableOpenapiValidation": "--disable-openapi-validation",
    "disableWebhooks": "--no-hooks",
    "forceUpdate": "--force",
    "resetValues": "--reset-values",
    "reuseValues": "--reuse-values",
    "skipCrds": "--skip-crds",
    "verify": "--verify",
    "waitForJobs": "--wait-for-jobs",
}
"""Input of the release that is true -> flag of `helm upgrade`."""


@dataclass(frozen=True, slots=True)
class Release:
    """What Helm is asked to install."""

    name: str
    inputs: Mapping[str, JsonValue]
    """Inputs with known values put in."""

    @property
    def values(self) -> JsonValue:
        """The chart's values."""
        return self.inputs.get("values") or {}

    def command(self, values_file: str) -> str:
        """Return the line that installs or upgrades the release; every word is quoted."""
        words = ["helm", "upgrade", "--install", self.name, str(self.inputs.get("chart", ""))]
        words.extend(self._options())
        words.extend(["-f", values_file])
        return " ".join(shlex.quote(word) for word in words)

    def _options(self) -> Iterator[str]:
        repository = self.inputs.get("repositoryOpts") or {}
        given = {
            "--version": self.inputs.get("version"),
            "--namespace": self.inputs.get("namespace"),
            "--repo": repository.get("repo"),
            "--description": self.inputs.get("description"),
            "--history-max": self.inputs.get("maxHistory"),
        }
        for flag, value in given.items():
            if value not in (None, ""):
                yield from (flag, str(value))
        yield from (flag for key, flag in _FLAGS.items() if self.inputs.get(key) is True)
        if self.inputs.get("skipAwait") is not True:
            yield "--wait"
        if self.inputs.get("timeout"):
            yield from ("--timeout", f"{self.inputs['timeout']}s")


def release_name(resource: Resource) -> str:
    """Return the name that Helm knows the release by."""
    return str(resource.inputs.get("name") or resource.name)
