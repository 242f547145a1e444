"""The image that an environment runs: always by its digest, never by a tag."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from ..errors import InputError
from .files import write_atomically

_IMAGE = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9.-]*(?::[0-9]{1,5})?(?:/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)+)"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?"
    r"@(?P<digest>sha256:[0-9a-f]{64})"
)

EXPECTED = "REGISTRY/NAME@sha256:<64 hexadecimal digits>"


@dataclass(frozen=True)
class Image:
    """A container image whose content cannot change."""

    name: str
    """Registry and repository, without tag and digest."""
    digest: str
    """`sha256:` and 64 hexadecimal digits."""

    def __str__(self) -> str:
        return f"{self.name}@{self.digest}"


def parse_image(text: str) -> Image:
    """Return the image that a text names; a tag beside the digest is left out.

    Raises:
        InputError: The text has no digest, or is no name of an image.
    """
    match = _IMAGE.fullmatch(text)
    if match is None:
        raise InputError(
            [
                f"image {text!r}: expected {EXPECTED};"
                " the registry shows the digest, and so does: docker inspect IMAGE"
            ]
        )
    return Image(match["name"], match["digest"])


def image_file(root: Path, environment: str) -> Path:
    """Return the file that says which image an environment runs."""
    return root / "deploy" / "environments" / environment / "image.yaml"


def recorded_image(root: Path, environment: str) -> Image:
    """Return the image that was recorded for an environment.

    Raises:
        InputError: None was recorded, or the file is not as we write it.
    """
    file = image_file(root, environment)
    shown = file.relative_to(root)
    if not file.is_file():
        raise InputError(
            [
                f"{environment} has no image yet: {shown} is not there;"
                f" give --image {EXPECTED}, or merge the pull request that sets it"
            ]
        )
    try:
        content = yaml.safe_load(file.read_bytes())
    except yaml.YAMLError as error:
        raise InputError([f"{shown}: not YAML: {' '.join(str(error).split())}"]) from None
    if not isinstance(content, dict) or set(content) != {"image"}:
        raise InputError([f"{shown}: expected one key, image: {EXPECTED}"])
    return parse_image(str(content["image"]))


def record_image(root: Path, environment: str, image: Image) -> Path:
    """Write down which image an environment runs, and return the file."""
    file = image_file(root, environment)
    file.parent.mkdir(parents=True, exist_ok=True)
    text = "# Set by the pipeline; `make manifests` reads it.\n"
    write_atomically(file, text + yaml.safe_dump({"image": str(image)}))
    return file
