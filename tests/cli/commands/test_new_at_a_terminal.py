"""`new` at a real terminal: questions are asked, wrong answers are asked again."""

from __future__ import annotations

import codecs
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ANSWERS = {
    "Name of the project": ["Customer Churn", "customer-churn"],
    "Name of the Python package": [""],
    "What it predicts": ["Tells who is about to leave."],
    "Who is responsible": ["Data science team"],
    "Licence": ["gpl", "mit"],
    "Continuous integration": ["none"],
    "Which object store": [""],
}
"""What a person types at each question, by its first words: wrong first, where there are two."""


def at_a_terminal(command: Sequence[str], folder: Path, typed: dict[str, list[str]]) -> str:
    """Run a command at a pseudo-terminal, typing each answer when its question stands there."""
    ours, theirs = os.openpty()
    # A character may come in two pieces.
    decoder = codecs.getincrementaldecoder("utf-8")()
    process = subprocess.Popen(
        command, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    waiting = [(words, answer) for words, answers in typed.items() for answer in answers]
    said, read = "", 0
    while True:
        try:
            chunk = os.read(ours, 4096)
        except OSError:  # Linux tells the end of a terminal so.
            break
        if not chunk:
            break
        said += decoder.decode(chunk)
        if waiting and said.endswith(": ") and waiting[0][0] in said[read:]:
            read = len(said)
            os.write(ours, f"{waiting.pop(0)[1]}\n".encode())
    os.close(ours)
    assert process.wait(timeout=60) == 0, said
    assert not waiting, said
    return said


def test_every_question_is_asked_and_a_wrong_answer_is_asked_again(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "stackwright_cli", "new", "tabular-service", "made"]
    said = at_a_terminal(command, tmp_path, ANSWERS)
    assert '"Customer Churn" does not fit' in said
    assert '"gpl" is not allowed here; one of apache-2.0, mit, proprietary is expected.' in said
    lock = json.loads((tmp_path / "made" / "stackwright.lock").read_text(encoding="utf-8"))
    assert lock["answers"] == {
        "project_slug": "customer-churn",
        "package_name": "customer_churn",
        "description": "Tells who is about to leave.",
        "author": "Data science team",
        "license": "mit",
        "ci": "none",
        "object_store": "none",
    }
    assert not (tmp_path / "made" / ".github").exists()
