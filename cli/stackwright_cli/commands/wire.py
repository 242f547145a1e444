"""Wire a project to an environment of a platform.

Only `wiring/<environment>.json` is written; nothing else of the project changes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from stackwright_cli import console
from stackwright_cli.commands import _options

if TYPE_CHECKING:
    from stackwright_cli.projects.wiring_file import ProjectWiring


@click.command()
@click.option(
    "-e",
    "--environment",
    metavar="ENVIRONMENT",
    help="The environment of the platform; the only one of the file when not given.",
)
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A blueprint, a stored plan, or what `pulumi stack output --json` prints.",
)
@_options.tool_choices
@click.option(
    "--register",
    "platform",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Also write projects/<project>.yaml in this folder of the platform.",
)
@click.option("--repository", metavar="OWNER/NAME", help="The project's repository, to register.")
@click.option(
    "--project",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The project; the one that holds the working directory when not given.",
)
def command(
    environment: str | None,
    source: Path | None,
    use: dict[str, str],
    platform: Path | None,
    repository: str | None,
    project: Path | None,
) -> None:
    """Write what the project relies on in one environment: wiring/ENVIRONMENT.json.

    What is known only after deployment stands as pending, with what it will come from. After the
    deployment, wire again from the outputs of the stack.
    """
    if repository is not None and platform is None:
        raise click.UsageError("--repository goes with --register.")
    if source is None and platform is None:
        raise click.UsageError(
            "give --from: the platform's blueprint.yaml, or after its deployment the file that"
            " `pulumi -C stacks/platform stack output --json > outputs.json` writes."
        )
    if source is None and (environment is not None or use):
        raise click.UsageError("-e and --use go with --from.")

    from stackwright_cli.projects.records import read_lock
    from stackwright_cli.projects.wiring_project import find_project, project_name, project_needs

    folder = find_project(project)
    lock = read_lock(folder)
    name, needs = project_name(lock, folder), project_needs(lock, folder)
    if source is not None:
        from stackwright_cli.projects.wiring import wired
        from stackwright_cli.projects.wiring_file import path_of
        from stackwright_cli.projects.wiring_source import read_offer

        if environment is not None:
            path_of(folder, environment)
        offer = read_offer(source, environment)
        _write(wired(offer, name, needs, folder, use), folder)
    if platform is not None:
        from stackwright_cli.projects.registration import register

        console.out(register(platform, folder, name, lock, repository))


def _write(wiring: ProjectWiring, folder: Path) -> None:
    from stackwright_cli.projects.wiring import pending_keys
    from stackwright_cli.projects.wiring_file import path_of
    from stackwright_cli.projects.wiring_writing import place_file

    file = path_of(folder, wiring.environment)
    if place_file(file.parent, file.name, wiring.text()):
        console.out(f"Wrote {file}.")
    else:
        console.out(f"{file} is up to date.")
    pending = pending_keys(wiring)
    for key, origin in sorted(pending.items()):
        console.out(f"  pending {key}: {origin}")
    if pending:
        console.out(
            "Replace the example values, and deploy the platform. Then:\n"
            "  pulumi -C stacks/platform stack output --json > outputs.json\n"
            f"  stackwright wire -e {wiring.environment} --from outputs.json"
        )
