"""Write the Kubernetes manifests of an environment into build/manifests/ENVIRONMENT."""

from __future__ import annotations

import click

from .. import console
from ..project import Project
from . import _options


@click.command
@click.option(
    "--image", metavar="IMAGE", help="REGISTRY/NAME@sha256:...; the recorded one when left out."
)
@click.option(
    "--mode",
    type=click.Choice(["Deployment", "InferenceService"]),
    help="Kind of object that serves; the platform's when left out.",
)
@click.option(
    "--record", is_flag=True, help="Write the image down for the environment, and nothing else."
)
@_options.answer_format
@click.pass_obj
def command(project: Project, image: str | None, mode: str | None, record: bool, form: str) -> None:
    """Write the Kubernetes manifests of an environment into build/manifests/ENVIRONMENT.

    The image is named by its digest. Without one, or while the wiring has pending values,
    nothing is written.
    """
    from ..delivery.image import parse_image, record_image
    from ..delivery.manifests import platform_environment, write_manifests

    if record:
        if image is None:
            raise click.UsageError("--record needs --image")
        environment = platform_environment(project).name
        file = record_image(project.root, environment, parse_image(image))
        answer = {"schema": "recorded-image/v1", "environment": environment, "image": image}
        console.json(answer) if form == "json" else console.out(f"wrote {file}")
        return
    made = write_manifests(project, image, mode)
    if form == "json":
        console.json(
            {
                "schema": "manifests/v1",
                "environment": project.environment.name,
                "folder": str(made.folder),
                "image": str(made.image),
                "mode": made.mode,
                "namespace": made.namespace,
            }
        )
        return
    console.out(f"wrote {made.folder}: {made.mode} of {made.image} in {made.namespace}")
    console.out(f"look at it:  kubectl kustomize {made.folder}")
    console.out(f"apply it:    kubectl apply -k {made.folder}")
