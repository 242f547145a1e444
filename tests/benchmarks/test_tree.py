from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.processes import ROOT

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="processes are counted by means of Linux"
)

BUSY = "import time\nwhile time.process_time() < {seconds}: pass"
PYTHON = (sys.executable, "-I", "-S", "-c")


def found(tmp_path: Path, *command: str) -> dict[str, object]:
    file = tmp_path / "found.json"
    tree = (sys.executable, "-I", str(ROOT / "benchmarks" / "tree.py"), str(file))
    subprocess.run([*tree, *command], check=True, timeout=60)
    answer: dict[str, object] = json.loads(file.read_text(encoding="utf-8"))
    return answer


def test_the_cpu_time_of_a_command_is_counted(tmp_path: Path) -> None:
    answer = found(tmp_path, *PYTHON, BUSY.format(seconds=0.3))
    assert answer["code"] == 0
    assert float(str(answer["cpu_seconds"])) >= 0.3


def test_a_process_that_outlives_its_parent_is_waited_for_and_counted(tmp_path: Path) -> None:
    leaves_one = f"""
import os
if os.fork() == 0:
    os.setsid()
    {BUSY.format(seconds=0.5).replace(chr(10), chr(10) + "    ")}
"""
    assert float(str(found(tmp_path, *PYTHON, leaves_one)["cpu_seconds"])) >= 0.5


def test_the_exit_code_is_the_command_s_own(tmp_path: Path) -> None:
    assert found(tmp_path, *PYTHON, "raise SystemExit(7)")["code"] == 7


def test_the_peak_of_a_program_is_told_apart_from_that_of_its_command(tmp_path: Path) -> None:
    program = tmp_path / "pulumi-language-python-exec"
    wait = "import time; time.sleep(2)"
    program.write_text(f"held = bytearray(60 << 20)\n{wait}\n", encoding="utf-8")
    start = f"import subprocess, sys; subprocess.run([sys.executable, '-I', {str(program)!r}])"
    peaks = found(tmp_path, *PYTHON, start)["peaks"]
    assert isinstance(peaks, dict)
    assert peaks["program"] > 60 > peaks["command"]
