"""The programs in YAML and TypeScript on the real engine; no cloud: providers are stand-ins."""

from __future__ import annotations

import json
import shutil
import sysconfig
import venv
from pathlib import Path
from typing import Any

import pytest
from tests.engine.real_engine import Engine, require_pulumi
from tests.examples import described_stand_in
from tests.examples.component_programs import EXAMPLES, ROOT

STACK = "dev"


def require(*programs: str) -> None:
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"there is no program `{program}` on PATH")


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """The real engine, whose providers for AWS and Kubernetes are stand-ins."""
    found = Engine(
        require_pulumi(),
        tmp_path / "engine",
        # What npm needs was brought by an earlier install, or it is not to be had.
        variables={"npm_config_offline": "true", "PIP_NO_INDEX": "1"},
    )
    for package in ("aws", "kubernetes"):
        described_stand_in.install(package, tmp_path / "engine" / "home")
    return found


def clone(example: str, folder: Path) -> Path:
    """Write a copy of the components and of one example, as a clone has them; return the example.

    The environment of the components has the packages of this interpreter, so that pip finds
    what it is asked for and brings nothing from outside.
    """
    ignored = shutil.ignore_patterns("__pycache__", "venv", "node_modules", "sdks", "*-lock.json")
    components = folder / "components"
    shutil.copytree(ROOT / "components", components, ignore=ignored)
    venv.create(components / "venv", symlinks=True)
    [packages] = (components / "venv" / "lib").glob("python*/site-packages")
    paths = (sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))
    (packages / "those_of_the_test.pth").write_text("\n".join(paths), encoding="utf-8")
    # Pulumi asks pip for `wheel` too, though nothing here is built.
    (packages / "wheel-1.0.dist-info").mkdir()
    metadata = "Metadata-Version: 2.1\nName: wheel\nVersion: 1.0\n"
    (packages / "wheel-1.0.dist-info" / "METADATA").write_text(metadata, encoding="utf-8")
    target = folder / "examples" / "component-alone" / example
    shutil.copytree(EXAMPLES / example, target, ignore=ignored)
    return target


def deployed(engine: Engine, program: Path) -> dict[str, dict[str, Any]]:
    """Return the resources after `up`, by name; nothing is left to do then."""
    engine.run(program, "stack", "init", STACK)
    engine.run(program, "up", "--yes", "--skip-preview")
    engine.run(program, "preview", "--expect-no-changes")
    state = json.loads(engine.run(program, "stack", "export"))
    resources = state["deployment"]["resources"]
    return {resource["urn"].rpartition("::")[2]: resource for resource in resources}


@pytest.mark.slow
def test_the_yaml_program_deploys_its_buckets(engine: Engine, tmp_path: Path) -> None:
    require("pulumi-language-yaml", "pulumi-language-python")
    program = clone("s3-yaml", tmp_path / "clone")
    engine.run(program, "install")
    found = deployed(engine, program)
    assert found["component-alone-s3-yaml-dev"]["outputs"] == {
        "data": "acme-ml-dev-storage-data-123456789012",
        "artifacts": "acme-ml-dev-storage-artifacts-123456789012",
    }
    assert found["storage-data"]["parent"] == found["storage"]["urn"]
    assert found["storage-data"]["provider"].startswith(found["aws"]["urn"])


@pytest.mark.slow
def test_the_typescript_program_deploys_the_server(engine: Engine, tmp_path: Path) -> None:
    require("pulumi-language-nodejs", "pulumi-language-python", "node", "npm")
    program = clone("mlflow-typescript", tmp_path / "clone")
    try:
        engine.run(program, "install")
    except AssertionError as error:
        if "ENOTCACHED" in str(error):
            pytest.skip("the cache of npm lacks what the program needs: run `npm install` in it")
        raise
    found = deployed(engine, program)
    uri = "http://tracking.acme-ml-dev-tracking.svc:5000"
    assert found["tracking"]["inputs"]["spec"]["replicas"] == 2
    assert found["component-alone-mlflow-typescript-dev"]["outputs"] == {"uri": uri}
