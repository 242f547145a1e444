"""A file of one's own becomes the source, with a contract that a person can read and edit."""

import random
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from {= cookiecutter.package_name =}.command import main
from {= cookiecutter.package_name =}.configuration import parse_configuration
from {= cookiecutter.package_name =}.data.contract import DataContract
from {= cookiecutter.package_name =}.data.contract_file import (
    contract_text,
    is_unedited,
)
from {= cookiecutter.package_name =}.data.own_file import (
    TargetChoice,
    prepare_file,
    prepare_proposal,
)
from {= cookiecutter.package_name =}.data.prepared import load
from {= cookiecutter.package_name =}.data.proposal import Proposal, ProposedColumn
from {= cookiecutter.package_name =}.errors import InputError
from {= cookiecutter.package_name =}.project import Project


def churn(folder: Path, rows: int = 120, name: str = "churn.csv") -> Path:
    chance = random.Random(7)
    lines = ["customer_id,age,plan,tenure,churned"]
    for number in range(rows):
        tenure = chance.randint(0, 72)
        churned = "yes" if tenure + chance.randint(-20, 20) < 30 else "no"
        plan = chance.choice(["basic", "pro", "no"])
        lines.append(f"C{number},{chance.randint(18, 80)},{plan},{tenure},{churned}")
    file = folder / name
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def again(project: Project) -> Project:
    """The project as a new process sees it."""
    return Project(project.root, project.environment)


CHURNED = TargetChoice("churned")


def test_a_file_is_proposed_prepared_and_can_be_prepared_again(
    project: Project, tmp_path: Path
) -> None:
    answer = prepare_proposal(project, churn(tmp_path), CHURNED)
    own = again(project)
    assert [column.name for column in own.contract.features()] == ["plan", "tenure"]
    assert own.contract.personal() == ["age"]
    assert own.contract.target.meaning == "churned is yes"
    assert answer["columns"][0].startswith("customer_id: text, ignored: differs in every row")
    before = load(own)
    assert len(before.train) + len(before.validation) + len(before.holdout) == 120
    (tmp_path / "churn.csv").unlink()
    assert main_prepare(own) == 0
    assert load(again(project)).version == before.version


def main_prepare(project: Project) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROJECT_ROOT", str(project.root))
        return main(["prepare"])


def test_another_target_draws_another_holdout_by_itself(
    prepared_project: Project, tmp_path: Path
) -> None:
    answer = prepare_proposal(prepared_project, churn(tmp_path), CHURNED)
    assert not answer["holdout_kept"]
    own = again(prepared_project)
    longer = churn(tmp_path, rows=200)
    before = load(own).holdout
    assert prepare_proposal(own, longer, CHURNED)["holdout_kept"]
    assert load(again(own)).holdout.equals(before)


def test_an_edited_contract_is_not_replaced_unless_asked(project: Project, tmp_path: Path) -> None:
    text = project.contract_file.read_text(encoding="utf-8")
    edited = text.replace("maximum: 60, role", "maximum: 65, role")
    project.contract_file.write_text(edited, encoding="utf-8")
    with pytest.raises(InputError, match=r"data\.yaml: was edited; .*--replace"):
        prepare_proposal(project, churn(tmp_path), CHURNED)
    assert project.contract_file.read_text(encoding="utf-8") == edited
    assert not (project.root / "state").exists()
    prepare_proposal(project, churn(tmp_path), CHURNED, replace=True)
    assert is_unedited(project.contract_file)


def test_a_new_file_can_come_in_under_the_same_contract(project: Project, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="its source is diabetes; give --target"):
        prepare_file(project, churn(tmp_path))
    prepare_proposal(project, churn(tmp_path), CHURNED)
    own = again(project)
    before = own.contract_file.read_text(encoding="utf-8"), load(own).holdout
    answer = prepare_file(own, churn(tmp_path, rows=150))
    assert answer["holdout_kept"]
    assert own.contract_file.read_text(encoding="utf-8") == before[0]
    assert load(again(own)).holdout.equals(before[1])
    assert sum(table["rows"] for table in answer["tables"].values()) == 150


def test_a_file_that_breaks_the_contract_changes_nothing(project: Project, tmp_path: Path) -> None:
    prepare_proposal(project, churn(tmp_path), CHURNED)
    source = project.storage("data").read("source.csv")
    broken = tmp_path / "broken.csv"
    broken.write_bytes(source.replace(b",pro,", b",gold,"))
    with pytest.raises(InputError, match="plan: expected one of basic, no, pro: rows"):
        prepare_file(again(project), broken)
    assert project.storage("data").read("source.csv") == source


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--above", "1"], "--above goes with --target"),
        (["--personal", "age"], "--personal goes with --target"),
        (["--replace"], "--replace goes with --target"),
        (["--target", "y"], "--target goes with --from"),
        (
            ["--from", "f", "--target", "y", "--above", "1", "--positive", "a"],
            "--above and --positive exclude each other",
        ),
        (["--from", "none.csv", "--target", "y"], "none.csv: is not there"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    project_root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.setenv("PROJECT_ROOT", str(project_root))
    assert main(["prepare", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_the_command_shows_what_it_proposed(
    project_root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PROJECT_ROOT", str(project_root))
    file = churn(tmp_path)
    personal = ["--personal", "plan"]
    assert main(["prepare", "--from", str(file), "--target", "churned", *personal]) == 0
    text = capsys.readouterr().out
    assert "Positive means: churned is yes" in text
    assert "  plan: category, slice, personal\n" in text
    assert "  tenure: number, feature\n" in text


def test_the_shipped_contract_counts_as_unedited(project: Project) -> None:
    assert is_unedited(project.contract_file)
    text = project.contract_file.read_text(encoding="utf-8")
    project.contract_file.write_bytes(text.replace("\n", "\r\n").encode())
    assert is_unedited(project.contract_file)
    project.contract_file.write_text(text + "# note\n", encoding="utf-8")
    assert not is_unedited(project.contract_file)


names = st.text(
    st.characters(categories=["L", "N", "P", "S"]) | st.just(" "), min_size=1, max_size=20
)
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=10)
bounds = st.floats(allow_nan=False, allow_infinity=False)


@given(
    st.dictionaries(names, st.lists(texts, min_size=1, max_size=4, unique=True), min_size=1),
    st.lists(bounds, min_size=2, max_size=2).map(sorted),
    texts,
)
def test_any_text_and_number_survives_the_file(
    categories: dict[str, list[str]], edges: list[float], comment: str
) -> None:
    target = {"column": "is the target\u00a0", "positive": comment}
    columns = tuple(
        ProposedColumn(name, {"type": "category", "values": values, "role": "slice"}, "")
        for name, values in categories.items()
    )
    keys = {"type": "number", "minimum": edges[0], "maximum": edges[1], "role": "feature"}
    number = ProposedColumn("\u00a0number", keys, "")
    text = contract_text(Proposal(target, (*columns, number), (comment,)), comment, "s.csv")
    read = parse_configuration(text, DataContract, "data.yaml")
    assert yaml.safe_load(text)["source"] == {"kind": "file", "path": "s.csv"}
    assert read.target.positive == comment
    *others, last = read.used_columns()
    assert {found.name: list(found.values) for found in others} == categories  # type: ignore[union-attr]
    assert (last.minimum, last.maximum) == tuple(edges)  # type: ignore[union-attr]
