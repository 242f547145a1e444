"""Train a candidate and register it as the challenger.

Fits the model on the prepared data, chooses the threshold on the validation rows, and keeps the
run, the model and a model card in the registry.
"""

from __future__ import annotations

import click

from .. import console
from ..project import Project
from . import _options


@click.command()
@_options.answer_format
@click.pass_obj
def command(project: Project, form: str) -> None:
    """Train a candidate and register it as the challenger."""
    from ..model.training import train
    from ..registry.versions import CHALLENGER, Registry

    version = train(project)
    registry = Registry(project)
    contract = registry.contract(version)
    if form == "json":
        console.json(
            {
                "schema": "training/v1",
                "version": version.number,
                "alias": CHALLENGER,
                "run_id": version.run_id,
                "registry": registry.location,
                "model": contract.model,
                "threshold": contract.threshold,
                "metrics": contract.metrics,
                "data_version": contract.data_version,
                "commit": contract.commit,
            }
        )
        return
    area = contract.metrics.get("auc")
    shown = "not defined" if area is None else f"{area:.3f}"
    console.out(f"version {version.number} is registered as {CHALLENGER} ({contract.model})")
    console.out(f"validation AUC {shown}, threshold {contract.threshold:.3f}")
    console.out("next: evaluate")
