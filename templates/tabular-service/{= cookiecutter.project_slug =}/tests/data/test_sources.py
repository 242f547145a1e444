"""Rows come from scikit-learn, or from the file that the contract names."""

import pytest

from {= cookiecutter.package_name =}.configuration import parse_configuration
from {= cookiecutter.package_name =}.data.contract import DataContract
from {= cookiecutter.package_name =}.data.sources import read_source
from {= cookiecutter.package_name =}.errors import InputError
from {= cookiecutter.package_name =}.project import Project

OWN = """\
source: {kind: file, path: own.csv}
target: {column: y, positive: "1"}
columns: {a: {type: number}}
"""


def test_the_shipped_data_are_442_patients_with_the_sex_as_a_code(project: Project) -> None:
    frame, name = read_source(project.contract, project.storage("data"))
    assert name == "diabetes"
    assert len(frame) == 442
    assert set(frame.columns) == set(project.contract.columns) | {"progression"}
    assert frame["sex"].value_counts().to_dict() == {"1": 235, "2": 207}


def test_a_file_of_ones_own_is_read_from_the_storage(project: Project) -> None:
    contract = parse_configuration(OWN, DataContract, "data.yaml")
    storage = project.storage("data")
    with pytest.raises(InputError, match=r"own\.csv: is not there; bring it with `prepare"):
        read_source(contract, storage)
    storage.write("own.csv", b"a,y\n1,1\n2,\n")
    frame, name = read_source(contract, storage)
    assert name == "own.csv"
    assert frame["a"].tolist() == ["1", "2"]
    assert frame["y"].isna().tolist() == [False, True]
