"""CSV files of people: one form, and each problem with its line."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from {= cookiecutter.package_name =}.data import tables
from {= cookiecutter.package_name =}.data.tables import (
    MISSING,
    read_bytes,
    read_table,
)
from {= cookiecutter.package_name =}.errors import InputError


def problems(data: bytes) -> list[str]:
    with pytest.raises(InputError) as raised:
        read_table(data, "f.csv")
    return list(raised.value.problems)


def test_values_are_text_and_what_is_missing_is_missing() -> None:
    frame = read_table(b'\xef\xbb\xbfa,b\r\n01,"x\ny"\r\n,NA\r\n\r\nNone,1.50\r\n', "f.csv")
    assert frame.columns.tolist() == ["a", "b"]
    assert frame["a"].fillna("-").tolist() == ["01", "-", "None"]
    assert frame["b"].fillna("-").tolist() == ["x\ny", "-", "1.50"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ["f.csv: is empty; expected a line with the names of the columns"]),
        (b"\n\n", ["f.csv: is empty; expected a line with the names of the columns"]),
        (b"a,b\n", ["f.csv: has a header and no rows"]),
        (b"a,b\n1,2\n\xe4,2\n", ["f.csv:3: byte 8 is not UTF-8; save the file as UTF-8"]),
        (b"a,b\n1,\x00\n", ["f.csv:2: holds a NUL character, so it is no CSV file"]),
        (b"a;b\n1;2\n", ["f.csv:1: the header has no comma; save the file with commas"]),
        (
            b"a,a,, c,b\n1,2,3,4,5\n",
            [
                "f.csv:1: column 3 has no name",
                "f.csv:1: the name ' c' has spaces around it, or hidden characters",
                "f.csv:1: a is the name of 2 columns",
            ],
        ),
        (
            b'a,b\n1\n"x\ny",2\n1,2,3\n',
            ["f.csv:2: has 1 values, the header has 2", "f.csv:5: has 3 values, the header has 2"],
        ),
        (b'a,b\n1,"2\n', ["f.csv:2: not CSV: unexpected end of data"]),
        (b'a,b\n1,"2"x\n', ["f.csv:2: not CSV: ',' expected after '\"'"]),
        (
            b",".join(b"c%d" % number for number in range(501)) + b"\n",
            ["f.csv:1: has 501 columns, more than the limit of 500"],
        ),
    ],
)
def test_a_file_of_another_form_is_refused_with_every_problem(
    data: bytes, expected: list[str]
) -> None:
    found = problems(data)
    assert len(found) == len(expected)
    assert all(said.startswith(begin) for said, begin in zip(found, expected, strict=True))


def test_many_problems_are_counted_and_not_all_shown() -> None:
    found = problems(b"a,b\n" + b"1\n" * 100)
    assert len(found) == 21
    assert found[-1] == "f.csv: 80 more problems"


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=5))
def test_what_was_written_as_csv_is_read_back(rows: list[tuple[str, str]]) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([("a", "b"), *rows])
    frame = read_table(stream.getvalue().encode(), "f.csv")
    read = frame.fillna("").to_numpy().tolist()
    assert read == [["" if cell in MISSING else cell for cell in row] for row in rows]


@given(st.binary(max_size=100))
def test_no_bytes_end_in_anything_but_a_table_or_problems(data: bytes) -> None:
    try:
        frame = read_table(data, "f.csv")
    except InputError:
        return
    assert len(frame) > 0


def test_what_is_no_file_or_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match="is not there"):
        read_bytes(tmp_path / "none.csv")
    with pytest.raises(InputError, match="is not a file"):
        read_bytes(tmp_path)
    (tmp_path / "f.csv").write_bytes(b"12345")
    assert read_bytes(tmp_path / "f.csv") == b"12345"
    monkeypatch.setattr(tables, "MOST_BYTES", 4)
    with pytest.raises(InputError, match="has 5 bytes, more than the limit of 4"):
        read_bytes(tmp_path / "f.csv")
