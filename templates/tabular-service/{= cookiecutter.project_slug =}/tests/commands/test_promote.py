"""The command `promote`."""

import json
from collections.abc import Callable

import pytest

from {= cookiecutter.package_name =}.project import Project
from {= cookiecutter.package_name =}.registry.versions import Registry

Runner = Callable[..., tuple[int, str, str]]


def test_the_gate_blocks_with_3(trained_project: Project, run: Runner) -> None:
    code, out, err = run(trained_project, "promote", "--approve")
    assert (code, out) == (3, "")
    assert err.startswith("no: version 1 is not promoted: it was not evaluated")


def test_after_the_gate_the_champion_is_named(trained_project: Project, run: Runner) -> None:
    assert run(trained_project, "evaluate")[0] == 0
    code, out, _ = run(trained_project, "promote", "--approved-by", "Ada", "--format", "json")
    assert code == 0
    assert json.loads(out) == {"schema": "promotion/v1", "champion": 1, "before": None}
    assert Registry(trained_project).require("champion").tags["promoted.by"] == "Ada"
    assert run(trained_project, "promote")[1] == "version 1 is the champion already\n"


def test_production_asks_for_approval(
    trained_project: Project, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = f"sqlite:///{trained_project.root}/state/mlflow.db"
    wiring = {
        "schema": "stackwright.project-wiring/v1",
        "platform": "acme-ml",
        "environment": "prod",
        "project": "{= cookiecutter.project_slug =}",
        "production": True,
        "values": {
            "ObjectStore.data_url": {"state": "known", "value": "s3://acme-data"},
        },
    }
    folder = trained_project.root / "wiring"
    folder.mkdir()
    (folder / "prod.json").write_text(json.dumps(wiring), encoding="utf-8")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", database)
    code, _, err = run(trained_project, "-e", "prod", "promote")
    assert code == 3
    assert "a person must approve: promote --approve" in err


@pytest.mark.parametrize("name", ["", " ", "\t", "Ada\n"])
def test_an_approval_by_nobody_is_refused(name: str, trained_project: Project, run: Runner) -> None:
    code, _, err = run(trained_project, "promote", "--approved-by", name)
    assert code == 2
    assert "--approved-by: expected a name of visible characters" in err
