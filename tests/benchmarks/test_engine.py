from __future__ import annotations

import sys
from pathlib import Path

import pytest
from benchmarks.engine import BETWEEN, COUNTS, Measured, markdown, missing, rows, table
from benchmarks.engine_cases import COMMANDS, NAIVE, PLAIN_UP, PLAN, PREVIEW, UP, Programs, run
from benchmarks.processes import ROOT
from tests.engine.real_engine import require_pulumi

from benchmarks import engine, engine_up
from stackwright.engine import lifecycle
from stackwright.plan.graph import Plan


def measured() -> Measured:
    found = Measured()
    seconds = {PLAN: 1.0, PREVIEW: 3.0, NAIVE: 6.0, UP: 10.3, PLAIN_UP: 10.0}
    for count in (*COUNTS, BETWEEN):
        peaks = {"command": 50 + count / 1024, "program": 100 + count * 8 / 1024}
        for name, cpu in seconds.items():
            found.add(name, count, {"cpu_seconds": cpu * count / 250, "peaks": peaks})
    return found


def test_each_round_is_compared_with_itself() -> None:
    found = Measured()
    for plan, preview in ((1.0, 4.0), (2.0, 8.0), (10.0, 50.0)):
        found.add(PLAN, 250, {"cpu_seconds": plan, "peaks": {}})
        found.add(PREVIEW, 250, {"cpu_seconds": preview, "peaks": {}})
    assert found.ratio(PREVIEW, PLAN, 250) == 4.0
    assert found.seconds(PLAN, 250) == 2.0


def test_the_table_says_what_the_costs_mean() -> None:
    shown = {row.name: (row.cells, row.promised) for row in rows(measured())}
    assert shown["stackwright plan, CPU seconds"] == (("1.00", "8.00"), "")
    assert shown["plain preview costs, in plans"] == (("6.0", "6.0"), "4 and 12")
    assert shown["plain preview costs, in ours"] == (("2.00", "2.00"), "1.5 at 2,000")
    assert shown["stackwright up beside pulumi up"] == (("+3.0%", "+3.0%"), "+5 %")
    assert shown["our program, KiB of each further resource"] == (("8", "8"), "")
    assert shown["stackwright up itself, KiB of each further resource"] == (("1", "1"), "")


def test_the_page_shows_every_row() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert [row.name for row in rows(measured()) if f"| {row.name} | " not in page] == []


def test_both_tables_show_every_row() -> None:
    shown = rows(measured())
    assert len(markdown(shown).splitlines()) == len(shown) + 2
    assert len(table(shown).splitlines()) == len(shown) + 1


def test_without_the_engine_it_says_so_and_measures_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["engine"])
    engine.main()
    assert capsys.readouterr().out.startswith("not measured: ")
    assert missing()


def test_what_the_driver_answers_is_a_check_of_the_command() -> None:
    assert callable(vars(lifecycle)["verify"])
    assert engine_up.nothing_found() == ()


@pytest.mark.slow
def test_both_programs_hold_the_same_number_of_resources_and_run(tmp_path: Path) -> None:
    require_pulumi()
    if missing():
        pytest.skip(missing())
    with engine.workplace() as (_, found):
        programs = Programs(tmp_path, 12)
        programs.write()
        for name in COMMANDS:
            assert float(str(run(programs.case(name), found)["cpu_seconds"])) > 0
        plan = Plan.from_json((tmp_path / "plan.json").read_text(encoding="utf-8"))
        found.run(programs.plain, "stack", "init", "count")
        said = found.run(programs.plain, "preview", "--stack", "count")
    ours = sum(1 for _ in plan.resources())
    assert f"{ours} to create" in said
