"""The files of a new platform: its blueprint, its programs and a word about what to do next."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from stackwright import __version__
from stackwright.claims import Layer
from stackwright.environment import Environment
from stackwright.naming import BLUEPRINT_FILE
from stackwright_cli.assets import asset_folder
from stackwright_cli.composing import Ask, compose
from stackwright_cli.staging import write_folder
from stackwright_cli.state_choice import PASSPHRASE, STATE_FOLDER, StateChoice, state_choice

PLACEHOLDER = "PLATFORM"
"""Stands for the name of the platform in `stacks/`."""

_EXTRAS = {"aws": "aws", "existing-cluster": "kubernetes"}

_GITIGNORE = """\
.venv/
__pycache__/
state.*.damaged-*.json
"""


class NewPlatform(NamedTuple):
    """A platform that is not written yet."""

    files: Mapping[str, str]
    """Relative path -> text."""
    environments: tuple[str, ...]


def new_platform(
    preset: str,
    target: str,
    name: str,
    given: Mapping[str, str],
    ask: Ask,
    state: StateChoice | None = None,
) -> NewPlatform:
    """Return every file of a new platform.

    Args:
        preset: How much to start with.
        target: Where the platform is made.
        name: Name of the platform.
        given: Key path of the blueprint -> value as it was typed.
        ask: Asks for what only the user can know and did not give.
        state: Where state is kept; in a folder beside the blueprint when None.

    Raises:
        UnknownName: A key in `given` does not exist; the nearest is named.
        InputError: A value is wrong; all problems are listed.
    """
    text, environments = compose(preset, target, name, compatible(__version__), given, ask)
    layers = [layer for layer in Layer if any(e.parts(layer) for e in environments.values())]
    state = state or state_choice()
    stacks = [_stack(layer, name, state) for layer in layers]
    files = {
        BLUEPRINT_FILE: text,
        **{path: content for stack in stacks for path, content in stack.items()},
        **state.files(layers, tuple(environments)),
        "requirements.txt": f"stackwright[{_EXTRAS[target]}]=={__version__}\n",
        ".gitignore": _GITIGNORE,
        "README.md": _readme(name, environments, layers, state),
    }
    return NewPlatform(files, tuple(environments))


def write(folder: Path, made: NewPlatform) -> None:
    """Write a platform; where its state is kept beside it, nobody else can look in.

    Raises:
        InputError: A file exists already; every one is listed and nothing is written.
        StackwrightError: The system refuses; nothing is left behind.
    """
    write_folder(folder, made.files)
    if any(path.startswith(f"{STATE_FOLDER}/") for path in made.files):
        (folder / STATE_FOLDER).chmod(0o700)


def compatible(version: str) -> str:
    """Return the versions that read a blueprint of a version: up to the next that may break it."""
    major, minor = (int(part) for part in version.split(".")[:2])
    end = f"{major + 1}" if major else f"0.{minor + 1}"
    return f">={major}.{minor},<{end}"


def next_steps(folder: Path, made: NewPlatform) -> str:
    """Return what was made, and what to type next."""
    blueprint = folder / BLUEPRINT_FILE
    examples = made.files[BLUEPRINT_FILE].count("# EXAMPLE")
    lines = [f"Made {folder} with {len(made.files)} files.", ""]
    if examples:
        values = "1 example value" if examples == 1 else f"{examples} example values"
        lines.append(f"Replace the {values} in {blueprint} (look for EXAMPLE).")
    choice = f" -e {made.environments[0]}" if len(made.environments) > 1 else ""
    lines.append(
        f"See what it would make: stackwright plan -f {shlex.quote(str(blueprint))}{choice}"
    )
    return "\n".join(lines)


def _stack(layer: Layer, name: str, state: StateChoice) -> dict[str, str]:
    source = asset_folder("stacks") / layer
    files = {
        f"stacks/{layer}/{file}": (source / file)
        .read_text(encoding="utf-8")
        .replace(PLACEHOLDER, name)
        for file in ("Pulumi.yaml", "__main__.py")
    }
    files[f"stacks/{layer}/Pulumi.yaml"] += state.project_lines
    return files


def _readme(
    name: str, environments: Mapping[str, Environment], layers: list[Layer], state: StateChoice
) -> str:
    first = next(iter(environments))
    provider = f" --secrets-provider {shlex.quote(state.told)}" if state.told else ""
    up = "\n".join(
        f"$ pulumi -C stacks/{layer} stack select --create {first}{provider}\n"
        f"$ pulumi -C stacks/{layer} up"
        for layer in layers
    )
    return f"""\
# {name}

`blueprint.yaml` says what this platform is; `stacks/` holds the Pulumi programs that make it.

1. Install what it needs: `pip install -r requirements.txt`.
2. Replace every value marked EXAMPLE in `blueprint.yaml`, then check it: `stackwright validate`.
   `stackwright explain KEY` says what a key means and what is allowed.
3. Read what it would make: `stackwright plan -e {first}`, or as a page with
   `stackwright plan -e {first} --format html -o plan.html`. No account is needed for that.
4. Deploy an environment: `stackwright up -e {first}`. Pulumi alone does the same, layer by layer:

```console
{up}
```

{_about(state)}

Environments: {", ".join(environments)}. Resources of your own go into `stacks/*/__main__.py`.
"""


def _about(state: StateChoice) -> str:
    """Return where state is kept and what encrypts secrets in it, for people."""
    if state.is_local:
        place = (
            f"What is deployed is kept in `{STATE_FOLDER}/`, which git leaves out and which nobody "
            "else can read.\nIt is nowhere else: back it up, or use a bucket."
        )
    else:
        place = f"What is deployed is kept at `{state.url}`."
    if state.secrets_provider == PASSPHRASE:
        return (
            f"{place} A passphrase encrypts the\nsecrets in it: set "
            "`PULUMI_CONFIG_PASSPHRASE_FILE` to a file that holds it before you deploy."
        )
    return f"{place}\nSecrets in it are encrypted by {_keys(state)}."


def _keys(state: StateChoice) -> str:
    return f"`{state.secrets_provider}`" if state.secrets_provider else "the keys of Pulumi Cloud"
