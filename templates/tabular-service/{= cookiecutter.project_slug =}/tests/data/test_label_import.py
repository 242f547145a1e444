"""Labels are kept when all of a file is right, and not at all otherwise."""

import json
from pathlib import Path

import pytest

from {= cookiecutter.package_name =}.command import main
from {= cookiecutter.package_name =}.data.label_import import import_labels
from {= cookiecutter.package_name =}.errors import InputError
from {= cookiecutter.package_name =}.project import Project

FIRST = "0b4fba22-5f16-4f5e-9d6c-1d4f1a2b3c4d"
SECOND = "1c5fba225f164f5e9d6c1d4f1a2b3c4d"


def put(project: Project, text: str) -> Path:
    file = project.root / "labels.csv"
    file.write_text(text, encoding="utf-8")
    return file


def with_contract(project: Project, target: str, age: str = "role: slice") -> Project:
    project.contract_file.write_text(
        "source: {kind: diabetes}\n"
        f"target: {{column: churned, {target}}}\n"
        "columns:\n"
        "  spend: {type: number}\n"
        f"  age: {{type: number, {age}, maximum: 99, personal: true, bands: [40]}}\n",
        encoding="utf-8",
    )
    return project


def kept(project: Project) -> list[bytes]:
    storage = project.storage("labels")
    return [storage.read(key) for key in storage.list()]


def problems(project: Project, text: str) -> list[str]:
    file = put(project, text)
    with pytest.raises(InputError) as raised:
        import_labels(project, file)
    assert kept(project) == []
    return [problem.removeprefix(f"{file}: ") for problem in raised.value.problems]


def test_right_labels_are_kept(project: Project) -> None:
    file = put(project, f"label,prediction_id\n1,{FIRST}\n0,{SECOND}\n")
    imported = import_labels(project, file)
    assert (imported.rows, imported.positive, imported.absent) == (2, 1, ())
    assert kept(project) == [f"prediction_id,label\n{FIRST},1\n{SECOND},0\n".encode()]


def test_every_problem_is_listed_and_nothing_is_kept(project: Project) -> None:
    text = f"prediction_id,label\n{FIRST},1\n{FIRST},0\n17,maybe\n,1\n{SECOND},\n"
    assert problems(project, text) == [
        "prediction_id: not the identity of a prediction: rows 3, 4",
        "prediction_id: is there more than once: rows 1, 2",
        "label: expected 1 or 0: rows 3, 5",
    ]


def test_columns_that_do_not_belong_there_are_named(project: Project) -> None:
    assert problems(project, f"prediction_id,lable,bmi,age\n{FIRST},1,20,40\n") == [
        "column label is missing; did you mean lable?",
        "column lable is no personal feature of the contract; remove it here",
        "column bmi is in the prediction log already; remove it here",
        "column age is no personal feature of the contract; remove it here",
    ]


@pytest.mark.parametrize(
    ("target", "spelled"),
    [
        ('positive: "yes", negative: "no"', ["yes", "no", "1", "0"]),
        ('positive: "yes"', ["yes", "0", "1", "0"]),
        ('positive: "0", negative: "1"', ["0", "1", "0", "1"]),
        ("above: 5", ["1", "0", "1", "0"]),
    ],
)
def test_a_label_may_be_spelled_like_the_target(
    project: Project, target: str, spelled: list[str]
) -> None:
    identities = [FIRST[:-1] + str(number) for number in range(4)]
    lines = [f"{who},{label}" for who, label in zip(identities, spelled, strict=True)]
    file = put(project, "\n".join(["prediction_id,label", *lines]))
    import_labels(with_contract(project, target), file)
    (data,) = kept(project)
    assert [line.rpartition(b",")[2] for line in data.splitlines()[1:]] == [b"1", b"0", b"1", b"0"]


def test_a_value_that_is_not_the_negative_one_is_refused(project: Project) -> None:
    own = with_contract(project, 'positive: "yes"')
    assert problems(own, f"prediction_id,label\n{FIRST},no\n") == [
        "label: expected 1 or 0 or yes: row 1"
    ]


def test_personal_features_come_with_the_labels_and_are_checked_unseen(project: Project) -> None:
    own = with_contract(project, "above: 5", "role: feature")
    text = f"prediction_id,label,age\n{FIRST},1,{{age}}\n"
    assert problems(own, text.format(age="123")) == ["age: expected at most 99: row 1"]
    import_labels(own, put(own, text.format(age="45")))
    assert kept(own) == [f"prediction_id,label,age\n{FIRST},1,45\n".encode()]


def test_the_command_says_when_labels_cannot_train(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = with_contract(project, "above: 5", "role: feature")
    file = put(own, f"prediction_id,label\n{FIRST},1\n")
    monkeypatch.setenv("PROJECT_ROOT", str(own.root))
    assert main(["labels", "import", str(file), "--format", "json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["rows"] == 1
    assert said.err == "note: without age these rows measure a model and cannot train one\n"
    assert main(["labels", "import", str(file)]) == 0
    assert "1 labels, 1 positive: file://" in capsys.readouterr().out


def test_a_file_that_is_not_there_is_named(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PROJECT_ROOT", str(project.root))
    assert main(["labels", "import", "none.csv"]) == 2
    assert capsys.readouterr().err == "error: none.csv: is not there\n"
