"""A recorded run of the real engine on the sample program, for tests where there is no engine.

`python -m tests.engine.recording` makes it anew; it needs `pulumi` on PATH.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.engine.comparison.plans import Deployed
from tests.engine.providers import stand_in
from tests.engine.real_engine import Engine, deploy, require_pulumi
from tests.engine.sampling import STACK, copy_sample, sample_plan
from tests.engine.stand_in.provider import PACKAGES, version

from stackwright.plan.graph import Plan

RECORDED = Path(__file__).with_name("recorded")

_OF_ONE_RUN = ("created", "modified", "sourcePosition", "stackTrace")
"""What differs between runs and says nothing of the program; paths of the machine are in it."""


@dataclass(frozen=True)
class Recording:
    """The plan of the sample program, and what the engine made of it at the same time."""

    plan: Plan
    deployed: Mapping[str, Deployed]
    versions: Mapping[str, str]
    """Package -> version that the program used."""


def read_recording() -> Recording:
    """Return the committed recording."""
    plan = Plan.from_json((RECORDED / "plan.json").read_text(encoding="utf-8"))
    engine = json.loads((RECORDED / "engine.json").read_text(encoding="utf-8"))
    layers = {name: Deployed(**layer) for name, layer in engine["layers"].items()}
    return Recording(plan, layers, engine["versions"])


def installed_versions() -> dict[str, str]:
    """Return the versions that a program would use now."""
    return {package: version(package) for package in PACKAGES}


def deploy_sample(folder: Path) -> dict[str, Deployed]:
    """Deploy the sample with stand-in providers; a second preview is empty."""
    copy_sample(folder)
    deployed: dict[str, Deployed] = {}
    with ExitStack() as scope:
        ports = {name: scope.enter_context(stand_in(name, folder)) for name in PACKAGES}
        engine = Engine(require_pulumi(), folder / "engine", ports)
        for layer in ("foundation", "platform"):
            project = folder / "stacks" / layer
            deployed[layer] = deploy(engine, project, STACK)
            engine.run(project, "preview", "--expect-no-changes")
    return deployed


def _layer(deployed: Deployed) -> dict[str, Any]:
    return {
        "resources": [_stripped(resource) for resource in deployed.resources],
        "requests": {urn: _stripped(item) for urn, item in deployed.requests.items()},
    }


def _stripped(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in _OF_ONE_RUN}


def main() -> None:
    with TemporaryDirectory() as folder:
        deployed = deploy_sample(Path(folder))
    layers = {name: _layer(layer) for name, layer in deployed.items()}
    engine = {"versions": installed_versions(), "layers": layers}
    RECORDED.mkdir(exist_ok=True)
    text = json.dumps(engine, indent=1, sort_keys=True)
    (RECORDED / "engine.json").write_text(f"{text}\n", encoding="utf-8")
    (RECORDED / "plan.json").write_text(sample_plan().to_json(), encoding="utf-8")
    sys.stdout.write(f"{RECORDED} is new\n")


if __name__ == "__main__":
    main()
