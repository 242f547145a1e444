from __future__ import annotations

import sys

import pytest
from benchmarks.measure import ROOT, Case, Result, cases, markdown, measured, table

RESULTS = [
    Result("--help", cpu_seconds=0.054, peak_mebibytes=15.6, cpu_limit=0.15, runs=5),
    Result("plan of nothing", cpu_limit=2.0, missing="no-such-file"),
]


def test_the_table_for_the_docs_has_a_row_per_case_and_names_the_machine() -> None:
    lines = markdown(RESULTS).splitlines()
    assert lines[2:4] == [
        "| --help | 0.05 | 0.15 | 16 |",
        "| plan of nothing | not measured | 2.00 |  |",
    ]
    assert lines[-1].startswith("Python 3.")
    assert lines[-1].endswith(" cores.")


def test_a_case_without_its_files_says_so() -> None:
    case = Case("plan", (sys.executable, "-c", ""), ("no-such-file",), 1.0)
    result = measured(case, runs=1)
    assert result.missing == "no-such-file"
    assert "not measured, there is no no-such-file" in table([result])


def test_what_a_command_costs_is_measured() -> None:
    case = Case("nothing", (sys.executable, "-S", "-c", ""), (), 1.0)
    result = measured(case, runs=1)
    assert result.cpu_seconds > 0
    assert 1 < result.peak_mebibytes < 500


def test_a_command_that_fails_is_not_measured() -> None:
    case = Case("failure", (sys.executable, "-S", "-c", "raise SystemExit(3)"), (), 1.0)
    with pytest.raises(RuntimeError, match="failed: "):
        measured(case, runs=1)


def test_every_case_finds_what_it_needs_in_this_repository() -> None:
    missing = {
        case.name: need for case in cases() for need in case.needs if not (ROOT / need).exists()
    }
    assert missing == {}


def test_the_page_shows_every_case_of_the_benchmark() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert all(f"| {case.name} | " in page for case in cases())
