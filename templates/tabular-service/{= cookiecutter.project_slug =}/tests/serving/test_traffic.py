import statistics
from pathlib import Path

import pytest

from {= cookiecutter.package_name =}.errors import InputError
from {= cookiecutter.package_name =}.project import Project
from {= cookiecutter.package_name =}.serving.traffic import (
    draw,
    read_csv_rows,
    read_json_rows,
)


def test_the_same_seed_draws_the_same_rows_and_another_others(prepared_project: Project) -> None:
    first, again, other = (draw(prepared_project, 20, "unseen", {}, seed) for seed in (1, 1, 2))
    assert first == again
    assert first.rows != other.rows
    names = [column.name for column in prepared_project.contract.features()]
    assert list(first.rows[0]) == names


def test_a_shift_moves_one_feature_by_deviations_and_stays_within_bounds(
    prepared_project: Project,
) -> None:
    plain = draw(prepared_project, 100, "train", {}, 1)
    shifted = draw(prepared_project, 100, "train", {"bmi": 1.5}, 1)
    moved = statistics.mean(row["bmi"] for row in shifted.rows) - statistics.mean(
        row["bmi"] for row in plain.rows
    )
    deviation = statistics.pstdev(row["bmi"] for row in plain.rows)
    assert 1.3 < moved / deviation < 1.7
    assert [row["bp"] for row in shifted.rows] == [row["bp"] for row in plain.rows]
    assert shifted.truth == plain.truth
    far = draw(prepared_project, 100, "train", {"bmi": 50}, 1)
    assert {row["bmi"] for row in far.rows} == {60.0}
    assert far.cut == 100


def test_more_rows_than_there_are_is_refused(prepared_project: Project) -> None:
    with pytest.raises(InputError, match="the rows of `train` are only 266"):
        draw(prepared_project, 267, "train", {}, 1)


def test_a_shift_of_no_number_is_refused(prepared_project: Project) -> None:
    with pytest.raises(InputError) as refused:
        draw(prepared_project, 1, "train", {"sex": 1, "bmj": 1}, 1)
    assert [problem.partition(":")[0] for problem in refused.value.problems] == [
        "--shift sex",
        "--shift bmj",
    ]


def test_without_prepared_data_it_says_what_to_run(project: Project) -> None:
    with pytest.raises(InputError, match="run `prepare`"):
        draw(project, 1, "train", {}, 1)


def test_a_csv_file_gives_its_features(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("s6,bmi,bp,s1,s2,s3,s4,s5,more\n90,25,101,157,93,38,4,4.8,x\n")
    assert read_csv_rows(project.contract, file) == [
        {"bmi": 25, "bp": 101, "s1": 157, "s2": 93, "s3": 38, "s4": 4, "s5": 4.8, "s6": 90}
    ]


def test_every_problem_of_a_csv_file_is_named(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("bmi,bp,s1,s2,s3,s4,s5,s6\n25,high,157,93,38,4,4.8,1\n25,1,1,1,1,1,1,inf\n")
    with pytest.raises(InputError) as refused:
        read_csv_rows(project.contract, file)
    assert refused.value.problems == (
        f"{file}: row 1: bp: expected a number",
        f"{file}: row 2: s6: expected a number",
    )
    file.write_text("bmi,bp\n1,2\n")
    with pytest.raises(InputError) as refused:
        read_csv_rows(project.contract, file)
    assert f"{file}: column s1 is missing" in refused.value.problems


@pytest.mark.parametrize("text", ['[{"a": 1}]', '{"rows": [{"a": 1}]}'])
def test_json_is_a_list_of_rows(text: str) -> None:
    assert read_json_rows(text, "x.json") == [{"a": 1}]


@pytest.mark.parametrize("text", ["", "{", "3", "[3]", "{}", '{"rows": 3}', "[" * 5000])
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"^x\.json: "):
        read_json_rows(text, "x.json")
