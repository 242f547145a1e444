"""Measures what a diff costs, beside `terraform plan` of as many resources where it is installed.

`python -m benchmarks.diff [--runs N] [--format text|json|markdown]`. Terraform gets the inputs of
the same 10,000 resources as texts of `terraform_data`, its own resource without a provider, and a
state in which a tenth of them differs: what is measured is its comparison and no cloud.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.cases import STACKWRIGHT, Case
from benchmarks.measure import RUNS, markdown, measured, table
from benchmarks.processes import ROOT, compiling, machine, machine_line

RESOURCES = 10_000
"""Resources of each stored plan."""

_MEBIBYTE = 300 * 1e6 / 1024**2
"""300 MB, which the project promises, in MiB."""

_EXAMPLE = "examples/aws-production/blueprint.yaml"
_BEFORE, _AFTER = "replicas: 2", "replicas: 3"
_TERRAFORM = "/no/terraform"
_GIT = {
    "GIT_AUTHOR_NAME": "Benchmark",
    "GIT_AUTHOR_EMAIL": "benchmark@example.com",
    "GIT_COMMITTER_NAME": "Benchmark",
    "GIT_COMMITTER_EMAIL": "benchmark@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def cases(work: Path) -> tuple[Case, ...]:
    """Return every case.

    Args:
        work: The folder that `workplace` filled.
    """
    blueprint = str(work / "platform" / "blueprint.yaml")
    stored = str(work / "before.json"), str(work / "after.json")
    terraform = shutil.which("terraform") or _TERRAFORM
    plan = ("plan", "-refresh=false", "-lock=false", "-input=false", "-no-color")
    return (
        Case(
            "diff aws-production",
            (*STACKWRIGHT, "diff", "-f", blueprint),
            (blueprint,),
            4.0,
            memory_limit=_MEBIBYTE,
        ),
        Case(f"diff of plans, {RESOURCES:,}", (*STACKWRIGHT, "diff", *stored), stored, 3.0),
        Case(
            f"terraform plan, {RESOURCES:,}",
            (terraform, f"-chdir={work / 'terraform'}", *plan),
            (terraform,),
        ),
    )


@contextmanager
def workplace(count: int = RESOURCES) -> Iterator[Path]:
    """Yield a folder with all that the cases need; it is removed at the end.

    Args:
        count: Resources of each stored plan.
    """
    with TemporaryDirectory(prefix="stackwright-benchmark-") as folder:
        work = Path(folder).resolve()
        _platform(work / "platform")
        before = _plan(count)
        after = _changed(before)
        (work / "before.json").write_text(json.dumps(before), encoding="utf-8")
        (work / "after.json").write_text(json.dumps(after), encoding="utf-8")
        if shutil.which("terraform"):
            _terraform(work / "terraform", before, after)
        yield work


def _platform(folder: Path) -> None:
    """Write a repository whose files differ from its commit in one key."""
    folder.mkdir()
    blueprint = folder / "blueprint.yaml"
    text = (ROOT / _EXAMPLE).read_text(encoding="utf-8")
    blueprint.write_text(text, encoding="utf-8")
    for words in (
        ("init", "--quiet", "--initial-branch", "main"),
        ("add", "--all"),
        ("commit", "--quiet", "--message", "Begin"),
    ):
        subprocess.run(("git", *words), cwd=folder, env=os.environ | _GIT, check=True)
    blueprint.write_text(text.replace(_BEFORE, _AFTER), encoding="utf-8")


def _plan(count: int) -> dict[str, Any]:
    """Return the synthetic plan, made in a process of its own: our memory is our children's."""
    command = (sys.executable, "benchmarks/synthetic.py", str(count))
    made = subprocess.run(
        command, cwd=ROOT, env=compiling(os.environ), check=True, capture_output=True
    )
    plan: dict[str, Any] = json.loads(made.stdout)
    return plan


def _changed(plan: Mapping[str, Any]) -> dict[str, Any]:
    """Return a plan in which each tenth Deployment has another number of replicas."""
    after: dict[str, Any] = json.loads(json.dumps(plan))
    for resource in after["layers"][0]["resources"]:
        if resource["type"].endswith(":Deployment") and resource["name"].endswith("0"):
            resource["inputs"]["spec"]["replicas"] += 1
    return after


def _terraform(folder: Path, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Write a configuration of the later plan and a state of the earlier one."""
    folder.mkdir()
    wanted = {name: {"input": _literal(text)} for name, text in _texts(after)}
    configuration = {"resource": {"terraform_data": wanted}}
    (folder / "main.tf.json").write_text(json.dumps(configuration), encoding="utf-8")
    state = {
        "version": 4,
        "serial": 1,
        "lineage": "benchmark",
        "outputs": {},
        "resources": [_recorded(name, text) for name, text in _texts(before)],
    }
    (folder / "terraform.tfstate").write_text(json.dumps(state), encoding="utf-8")
    command = ("terraform", "init", "-input=false")
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def _texts(plan: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    managed = (one for one in plan["layers"][0]["resources"] if one["custom"])
    for number, resource in enumerate(managed):
        yield f"r{number}", json.dumps(resource["inputs"], sort_keys=True)


def _literal(text: str) -> str:
    """Return a text that Terraform reads as it is (Terraform, "Strings and Templates")."""
    return text.replace("${", "$${").replace("%{", "%%{")


def _recorded(name: str, text: str) -> dict[str, Any]:
    value = {"value": text, "type": "string"}
    attributes = {"id": name, "input": value, "output": value, "triggers_replace": None}
    return {
        "mode": "managed",
        "type": "terraform_data",
        "name": name,
        "provider": 'provider["terraform.io/builtin/terraform"]',
        "instances": [{"schema_version": 0, "attributes": attributes}],
    }


def main() -> None:
    """Measure every case and write the table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--format", choices=("text", "json", "markdown"), default="text")
    options = parser.parse_args()
    with workplace() as work:
        results = [measured(case, work, options.runs) for case in cases(work)]
    if options.format == "json":
        document = {"machine": machine(), "results": [asdict(result) for result in results]}
        sys.stdout.write(json.dumps(document, indent=1) + "\n")
    else:
        show = markdown if options.format == "markdown" else table
        sys.stdout.write("\n".join((show(results), "", machine_line())) + "\n")


if __name__ == "__main__":
    main()
