"""Hostile blueprints: each is refused with exactly the problems that it says it has.

`blueprints/<category>-<what>.yaml` holds one wrong blueprint. Its first lines are comments: one
`# expect: LINE:COLUMN: KEY.PATH: MESSAGE` for each problem, in order; `...` stands for a list of
known keys. The word "canary" stands inside every value that no message may repeat. Category 90
is for files with many different problems.
"""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from stackwright_cli import main

BLUEPRINTS = sorted((Path(__file__).parent / "blueprints").glob("*.yaml"))

EXPECT = "# expect: "


def expected(text: str) -> list[str]:
    lines = text.splitlines()
    return [line.removeprefix(EXPECT) for line in lines if line.startswith(EXPECT)]


def fits(line: str, wanted: str) -> bool:
    pattern = re.escape(wanted).replace(re.escape("..."), ".+")
    return re.fullmatch(pattern, line) is not None


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("blueprint", BLUEPRINTS, ids=lambda path: path.stem)
def test_a_hostile_blueprint_is_refused_with_every_problem_and_its_place(
    blueprint: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source = blueprint.read_bytes()
    monkeypatch.chdir(tmp_path)
    Path("blueprint.yaml").write_bytes(source)

    code = main(["validate"])

    written = capsys.readouterr()
    assert code == 2
    assert written.out == ""
    *problems, count = written.err.splitlines()
    wanted = expected(source.decode())
    told = [line.removeprefix("error: blueprint.yaml:") for line in problems]
    assert len(told) == len(wanted), told
    assert [line for line, want in zip(told, wanted, strict=True) if not fits(line, want)] == []
    assert count == ("1 problem." if len(wanted) == 1 else f"{len(wanted)} problems.")
    assert "canary" not in written.err.lower()
    assert [path.name for path in tmp_path.iterdir()] == ["blueprint.yaml"]
    assert Path("blueprint.yaml").read_bytes() == source


def test_there_are_at_least_110_hostile_blueprints_and_5_with_many_problems() -> None:
    many = [path for path in BLUEPRINTS if len(expected(path.read_text(encoding="utf-8"))) >= 5]
    assert len(BLUEPRINTS) >= 110
    assert len(many) >= 5


@pytest.mark.parametrize("blueprint", BLUEPRINTS, ids=lambda path: path.stem)
def test_every_problem_of_a_hostile_blueprint_has_a_place(blueprint: Path) -> None:
    wanted = expected(blueprint.read_text(encoding="utf-8"))
    assert wanted
    for line in wanted:
        assert re.match(r"[1-9][0-9]*:[1-9][0-9]*: ", line), line
