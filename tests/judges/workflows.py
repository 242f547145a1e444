"""What zizmor and check-jsonschema say about the workflows of a folder `.github`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.judges.support import asked, judge

SCHEMAS = {
    "workflows": "vendor.github-workflows",
    "dependabot.yml": "vendor.dependabot",
}
"""Which schema of check-jsonschema a file of .github is held to, by the file or its folder."""


def zizmor_findings(pipeline: Path, *, with_ignores: bool = False) -> list[str]:
    """Return zizmor's findings, the doubtful ones included.

    Args:
        pipeline: The folder.
        with_ignores: Whether a comment silences a finding, as it does for a user.
    """
    # The folder that is judged has no configuration of its own, nor does anything above it.
    command = [judge("zizmor"), "--offline", "--no-config", "--no-progress"]
    command += [] if with_ignores else ["--no-ignores"]
    strict = ["--persona", "auditor", "--strict-collection", "--no-exit-codes"]
    said = asked([*command, *strict, "--format", "json", str(pipeline)], pipeline.parent)
    return [
        f"{finding['ident']} ({finding['determinations']['severity']}): {finding['desc']}"
        for finding in json.loads(said)
    ]


def schema_faults(pipeline: Path) -> list[str]:
    """Return what check-jsonschema says against the files of .github."""
    faults = []
    for file in sorted(path for path in pipeline.rglob("*") if path.is_file()):
        schema = SCHEMAS.get(file.parent.name, SCHEMAS.get(file.name))
        assert schema, f"no schema is known for {file.name}: add it to SCHEMAS"
        faults += file_faults(file, schema)
    return faults


def file_faults(file: Path, schema: str) -> list[str]:
    """Return what check-jsonschema says against a file by one of its own schemas."""
    command = [judge("check-jsonschema"), "--builtin-schema", schema, "--output-format", "json"]
    said = json.loads(asked([*command, str(file)], file.parent, codes=(0, 1)))
    faults = [f"{file.name} {error['path']}" for error in said["errors"]]
    if said["status"] != "ok" and not said["errors"]:
        faults.append(f"{file.name} cannot be read")
    return faults
