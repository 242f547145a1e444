"""A platform of two layers on a stub engine, for tests of what is done to both."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.engine_stub.stub import Stub, stub_engine

from stackwright.claims import Layer


def two_layers(folder: Path, blueprint: str, patch: pytest.MonkeyPatch) -> tuple[Path, Stub]:
    """Write a blueprint and the projects of its layers; put a stub engine on PATH.

    Args:
        folder: An empty folder; the platform, the state and the engine lie in it.
        blueprint: The blueprint, of a platform called `acme`.
        patch: Takes back the variables afterwards.

    Returns:
        The folder of the blueprint, and the engine.
    """
    platform = folder / "platform"
    for layer in Layer:
        program = platform / "stacks" / layer
        program.mkdir(parents=True)
        text = f"name: acme-{layer}\nruntime: python\n"
        (program / "Pulumi.yaml").write_text(text, encoding="utf-8")
    (platform / "blueprint.yaml").write_text(blueprint, encoding="utf-8")
    (folder / "state").mkdir()
    stub = stub_engine(folder / "stub")
    patch.setenv("PATH", f"{stub.bin}:/usr/bin:/bin")
    patch.setenv("PULUMI_BACKEND_URL", (folder / "state").as_uri())
    patch.setenv("PULUMI_CONFIG_PASSPHRASE", "a passphrase of a test")
    return platform, stub
