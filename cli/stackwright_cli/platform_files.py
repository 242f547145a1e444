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

PLACEHOLDER = "PLATFORM"
"""Stands for the name of the platform in `stacks/`."""

_EXTRAS = {"aws": "aws", "existing-cluster": "kubernetes"}

_GITIGNORE = """\
.venv/
__pycache__/
"""


class NewPlatform(NamedTuple):
    """A platform that is not written yet."""

    files: Mapping[str, str]
    """Relative path -> text."""
    environments: tuple[str, ...]


def new_platform(
    preset: str, target: str, name: str, given: Mapping[str, str], ask: Ask
) -> NewPlatform:
    """Return every file of a new platform.

    Args:
        preset: How much to start with.
        target: Where the platform is made.
        name: Name of the platform.
        given: Key path of the blueprint -> value as it was typed.
        ask: Asks for what only the user can know and did not give.

    Raises:
        UnknownName: A key in `given` does not exist; the nearest is named.
        InputError: A value is wrong; all problems are listed.
    """
    text, environments = compose(preset, target, name, compatible(__version__), given, ask)
    layers = [layer for layer in Layer if any(e.parts(layer) for e in environments.values())]
    files = {
        BLUEPRINT_FILE: text,
        **{path: content for layer in layers for path, content in _stack(layer, name).items()},
        "requirements.txt": f"stackwright[{_EXTRAS[target]}]=={__version__}\n",
        ".gitignore": _GITIGNORE,
        "README.md": _readme(name, environments, layers),
    }
    return NewPlatform(files, tuple(environments))


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


def _stack(layer: Layer, name: str) -> dict[str, str]:
    folder = asset_folder("stacks") / layer
    return {
        f"stacks/{layer}/{file}": (folder / file)
        .read_text(encoding="utf-8")
        .replace(PLACEHOLDER, name)
        for file in ("Pulumi.yaml", "__main__.py")
    }


def _readme(name: str, environments: Mapping[str, Environment], layers: list[Layer]) -> str:
    first = next(iter(environments))
    up = "\n".join(
        f"$ pulumi -C stacks/{layer} stack select --create {first}\n$ pulumi -C stacks/{layer} up"
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
4. Deploy an environment with Pulumi, layer by layer:

```console
{up}
```

Environments: {", ".join(environments)}. Resources of your own go into `stacks/*/__main__.py`.
"""
