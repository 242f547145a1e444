from __future__ import annotations

import sys
from pathlib import Path

import pytest
from benchmarks.cases import FRESH, Case, cases
from benchmarks.measure import Result, markdown, measured, table
from benchmarks.processes import ROOT, compiling, machine_line
from benchmarks.rendering import missing

PYTHON = (sys.executable, "-S", "-c")
RESULTS = [
    Result("--help", cpu_seconds=0.054, peak_mebibytes=15.62, cpu_limit=0.15, runs=5),
    Result("plan of nothing", cpu_limit=2.0, memory_limit=209.81, missing="no-such-file"),
    Result("another tool", cpu_seconds=1.5, peak_mebibytes=60.0, runs=5),
]


def test_the_table_for_the_docs_has_a_row_per_case_and_no_promise_where_there_is_none() -> None:
    assert markdown(RESULTS).splitlines()[2:] == [
        "| --help | 0.05 | 0.15 | 15.6 |  |",
        "| plan of nothing | not measured | 2.00 |  | 209.8 |",
        "| another tool | 1.50 |  | 60.0 |  |",
    ]


def test_the_table_of_text_says_why_a_case_was_not_measured() -> None:
    assert "not measured, there is no no-such-file" in table(RESULTS)


def test_the_machine_is_named() -> None:
    assert machine_line().startswith("Python 3.")
    assert machine_line().endswith(" cores.")


def test_a_case_without_its_files_says_so_and_keeps_its_promises(tmp_path: Path) -> None:
    case = Case("plan", (*PYTHON, ""), ("no-such-file", "README.md", "nor-this"), 1.0, 9.0)
    assert measured(case, tmp_path, runs=1) == Result(
        "plan", cpu_limit=1.0, memory_limit=9.0, missing="no-such-file, nor-this"
    )


def test_what_a_command_costs_is_measured(tmp_path: Path) -> None:
    case = Case("nothing", (*PYTHON, ""), (), 1.0)
    result = measured(case, tmp_path, runs=1)
    assert result.cpu_seconds > 0
    assert 1 < result.peak_mebibytes < 500


def test_a_command_that_fails_is_not_measured(tmp_path: Path) -> None:
    case = Case("failure", (*PYTHON, "raise SystemExit(3)"), (), 1.0)
    with pytest.raises(RuntimeError, match="failed: "):
        measured(case, tmp_path, runs=1)


def test_each_run_gets_a_folder_that_is_not_there_and_nothing_stays(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    script = (
        "import os, sys; os.mkdir(sys.argv[1]); "
        "print(sys.argv[1], file=open(sys.argv[2], 'a', encoding='utf-8'))"
    )
    case = Case("maker", (*PYTHON, script, FRESH, str(seen)), ())
    measured(case, tmp_path, runs=2)
    assert len(set(seen.read_text(encoding="utf-8").split())) == 3
    assert list(tmp_path.iterdir()) == [seen]


def test_a_case_with_variables_of_its_own_gets_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FROM_THE_USER", "1")
    script = "import os; raise SystemExit('FROM_THE_USER' in os.environ)"
    case = Case("peer", (*PYTHON, script), (), environment={"PATH": "/nowhere"})
    assert measured(case, tmp_path, runs=1).runs == 1


def test_a_measured_python_may_keep_what_it_compiled() -> None:
    assert compiling({"PYTHONDONTWRITEBYTECODE": "1", "PATH": "/bin"}) == {"PATH": "/bin"}


def test_every_case_of_ours_finds_what_it_needs_in_this_repository(tmp_path: Path) -> None:
    ours = [case for case in cases(tmp_path) if case.cpu_limit is not None]
    assert {case.name: missing(case) for case in ours if missing(case)} == {}


def test_only_other_tools_have_no_promise(tmp_path: Path) -> None:
    without = [case.name for case in cases(tmp_path) if case.cpu_limit is None]
    assert without == ["cookiecutter", "copier copy"]


def test_the_page_shows_every_case_of_the_benchmark(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert all(f"| {case.name} | " in page for case in cases(tmp_path))
