"""Start a platform: a commented blueprint and its two programs.

Nothing is overwritten, and every value is checked before anything is written.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from stackwright_cli import console
from stackwright_cli.presets import PRESETS, TARGETS

if TYPE_CHECKING:
    from stackwright_cli.state_choice import StateChoice


@click.command()
@click.argument("directory", metavar="DIR")
@click.option("--preset", type=click.Choice(PRESETS), help="How much to start with.")
@click.option("--target", type=click.Choice(TARGETS), help="Where the platform is made.")
@click.option("--name", help="Name of the platform; that of the folder when not given.")
@click.option(
    "--set",
    "values",
    multiple=True,
    metavar="KEY=VALUE",
    help="A value of the blueprint, such as target.account=210987654321; may be repeated.",
)
@click.option(
    "--state",
    metavar="PLACE",
    help="Where Pulumi keeps what is deployed: local, s3://BUCKET?region=REGION, pulumi-cloud.",
)
@click.option(
    "--secrets",
    metavar="PROVIDER",
    help="What encrypts secrets in it: passphrase, awskms://alias/NAME?region=REGION.",
)
def command(
    directory: str,
    preset: str | None,
    target: str | None,
    name: str | None,
    values: tuple[str, ...],
    state: str | None,
    secrets: str | None,
) -> None:
    """Start a platform in DIR: a commented blueprint, its programs, and what to do next.

    At a terminal, what only you can know is asked. Elsewhere it gets an example value, which can
    be planned and is refused by everything that deploys.
    """
    from stackwright_cli import platform_files

    if not directory:
        raise click.UsageError("DIR is empty; name a folder, or . for this one.")
    folder = Path(directory)
    given = _given(values)
    preset = preset or _choose("Preset", PRESETS)
    target = target or _choose("Target", TARGETS)
    name = given.pop("name", None) or name or _name(folder)
    choice = _state(state, secrets)
    made = platform_files.new_platform(preset, target, name, given, console.ask, choice)
    platform_files.write(folder, made)
    console.out(platform_files.next_steps(folder, made))


def _given(values: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in values:
        key, separator, value = text.partition("=")
        if not separator or not key.strip():
            raise click.UsageError(f"--set {text}: KEY=VALUE is expected.")
        if key.strip() in found:
            raise click.UsageError(f"--set {key.strip()} is given twice.")
        found[key.strip()] = value.strip()
    return found


def _choose(title: str, choices: tuple[str, ...]) -> str:
    answer = console.ask(f"{title} ({', '.join(choices)})", choices[0])
    if answer not in choices:
        raise click.UsageError(f"{title.lower()} {answer!r} is not one of {', '.join(choices)}.")
    return answer


def _state(state: str | None, secrets: str | None) -> StateChoice:
    """Return where state is kept; what encrypts it is asked where there is more than one way."""
    from stackwright_cli import state_choice as choices

    if state is None:
        state = console.ask(f"State ({choices.STATE_FORMS})", choices.LOCAL)
    if secrets is None and choices.has_no_keys_of_its_own(state):
        secrets = console.ask(f"Secrets in it ({choices.SECRETS_FORMS})", choices.PASSPHRASE)
    return choices.state_choice(state, secrets or "")


def _name(folder: Path) -> str:
    from stackwright_cli.composing import platform_name

    return console.ask("Name of the platform", platform_name(folder.resolve().name))
