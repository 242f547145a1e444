"""Prepared data have a version, and what is loaded is what was prepared."""

import json
from pathlib import Path

import pandas as pd
import pytest

from {= cookiecutter.package_name =}.command import main
from {= cookiecutter.package_name =}.data.preparation import prepare_source
from {= cookiecutter.package_name =}.data.prepared import load
from {= cookiecutter.package_name =}.errors import InputError
from {= cookiecutter.package_name =}.project import Project, open_project

KEYS = ["holdout.csv", "train.csv", "validation.csv", "version.json"]


def change(project: Project, old: str, new: str) -> None:
    text = project.contract_file.read_text(encoding="utf-8")
    assert old in text
    project.contract_file.write_text(text.replace(old, new), encoding="utf-8")


def again(project: Project) -> Project:
    """The project as a new process sees it."""
    return Project(project.root, project.environment)


def files(project: Project) -> dict[str, bytes]:
    storage = project.storage("data")
    return {key: storage.read(key) for key in storage.list()}


def test_the_tables_are_loaded_with_their_types_and_version(prepared_project: Project) -> None:
    prepared = load(prepared_project)
    assert [len(prepared.train), len(prepared.validation), len(prepared.holdout)] == [266, 88, 88]
    for table in (prepared.train, prepared.validation, prepared.holdout):
        assert table.columns.tolist()[:3] == ["age", "sex", "bmi"]
        assert table["bmi"].dtype == "float64"
        assert set(table["sex"]) == {"1", "2"}
        assert set(prepared_project.contract.labels(table)) == {0, 1}
    assert prepared.version == json.loads(files(prepared_project)["version.json"])["version"]


def test_preparing_again_gives_the_same_tables_and_keeps_the_holdout(
    prepared_project: Project,
) -> None:
    before = files(prepared_project)
    answer = prepare_source(prepared_project)
    after = files(prepared_project)
    assert answer["holdout_kept"]
    assert list(before) == KEYS
    assert [before[key] == after[key] for key in KEYS[:3]] == [True, True, True]


def test_another_seed_changes_the_holdout_only_on_purpose(prepared_project: Project) -> None:
    before = files(prepared_project)
    settings = prepared_project.root / "configuration" / "project.yaml"
    text = settings.read_text(encoding="utf-8").replace("seed: 42", "seed: 43")
    settings.write_text(text, encoding="utf-8")
    prepare_source(again(prepared_project))
    kept = files(prepared_project)
    assert kept["holdout.csv"] == before["holdout.csv"]
    assert kept["train.csv"] != before["train.csv"]
    assert not prepare_source(again(prepared_project), new_holdout=True)["holdout_kept"]
    assert files(prepared_project)["holdout.csv"] != before["holdout.csv"]


@pytest.mark.parametrize("name", ["train", "validation", "holdout"])
def test_a_table_that_was_changed_is_refused(prepared_project: Project, name: str) -> None:
    storage = prepared_project.storage("data")
    storage.write(f"{name}.csv", storage.read(f"{name}.csv").replace(b"1", b"2", 1))
    with pytest.raises(InputError, match=rf"{name}\.csv: is not the table that version"):
        load(prepared_project)
    storage.delete(f"{name}.csv")
    with pytest.raises(InputError, match="run `prepare`"):
        load(prepared_project)


def test_a_changed_holdout_is_not_replaced_in_silence(prepared_project: Project) -> None:
    storage = prepared_project.storage("data")
    storage.write("holdout.csv", b"age\n1\n")
    with pytest.raises(InputError, match=r"bring it back, or make .* --new-holdout"):
        prepare_source(prepared_project)
    assert storage.read("holdout.csv") == b"age\n1\n"
    prepare_source(prepared_project, new_holdout=True)
    assert len(load(prepared_project).holdout) == 88


def test_without_preparation_nothing_is_loaded(project: Project) -> None:
    with pytest.raises(InputError, match="no data are prepared; run `prepare`"):
        load(project)
    project.storage("data").write("version.json", b'{"schema": "x"}')
    with pytest.raises(InputError, match="is no version of prepared data"):
        load(project)


def test_another_contract_asks_for_another_preparation(prepared_project: Project) -> None:
    change(prepared_project, "  s6: {type: number,", "  # s6: {type: number,")
    with pytest.raises(InputError, match=r"data\.yaml: has changed since; run `prepare`"):
        load(again(prepared_project))


def test_a_column_made_ignored_leaves_the_same_rows_in_the_holdout(
    prepared_project: Project,
) -> None:
    before = load(prepared_project).holdout
    change(prepared_project, "maximum: 300, role: feature}", "maximum: 300, role: ignored}")
    prepare_source(again(prepared_project))
    after = load(again(prepared_project)).holdout
    pd.testing.assert_frame_equal(after, before.drop(columns="s6"))


def test_a_number_made_a_category_leaves_the_same_rows_in_the_holdout(
    prepared_project: Project,
) -> None:
    category = 'sex: {type: category, values: ["1", "2"]'
    number = "sex: {type: number, bands: [2]"
    change(prepared_project, category, number)
    prepare_source(again(prepared_project), new_holdout=True)
    as_number = load(again(prepared_project))
    assert set(as_number.holdout["sex"]) == {1.0, 2.0}
    change(prepared_project, number, category)
    prepare_source(again(prepared_project))
    as_category = load(again(prepared_project))
    assert set(as_category.holdout["sex"]) == {"1", "2"}
    assert as_category.holdout["bmi"].tolist() == as_number.holdout["bmi"].tolist()
    assert len(as_category.train) == len(as_number.train)


def test_another_target_asks_for_another_holdout(prepared_project: Project) -> None:
    change(prepared_project, "above: 140", "above: 150")
    with pytest.raises(InputError, match=r"another target; .*--new-holdout"):
        prepare_source(again(prepared_project))
    prepare_source(again(prepared_project), new_holdout=True)
    assert len(load(again(prepared_project)).holdout) in {87, 88, 89}


def test_a_source_that_breaks_the_contract_writes_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    change(
        project, "bmi: {type: number, minimum: 10, maximum: 60", "bmi: {type: number, maximum: 40"
    )
    change(project, "maximum: 120, role: slice", "maximum: 75, role: slice")
    monkeypatch.setenv("PROJECT_ROOT", str(project.root))
    assert main(["prepare"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("error: diabetes: age: expected at most 75: rows ")
    assert "(" not in said[0]
    assert said[1].startswith("error: diabetes: bmi: expected at most 40: rows ")
    assert "('4" in said[1]
    assert not (project.root / "state").exists()


def test_the_command_says_what_it_prepared(
    project_root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PROJECT_ROOT", str(project_root))
    assert main(["prepare", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["schema"] == "prepare/v1"
    assert answer["version"] == load(open_project()).version
    assert main(["prepare"]) == 0
    text = capsys.readouterr().out
    assert "holdout          88 rows, 44 positive  (frozen: the same rows as before)" in text
