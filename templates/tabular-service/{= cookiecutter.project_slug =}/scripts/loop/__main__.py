"""The whole life of a model on this machine, for real, in a copy of the project.

    python scripts/loop [--from FILE.csv --target COLUMN [--above X | --positive VALUE]]

Data are prepared, a model is trained, gated, promoted and served over HTTP. Traffic that looks like
the training data raises no alarm, traffic that is shifted does; labels arrive, a new model is
trained, passes the gate and takes over in the running service; then it is rolled back. The traffic
is simulated: rows drawn again from the training data with a little noise, and their own labels.
Every step is a command of the project, as a person would type it. The copy is removed at the end.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.request import urlopen

from project_copy import LoopFailed, ProjectCopy, say, wait_for
from world import Traffic, World

QUIET_ROWS, SHIFTED_ROWS = 240, 800
"""Which of the shifted rows are held back is chance; of fewer rows, the gate would now and then
refuse a model by it."""
SHIFT = 1.5
"""In standard deviations of a column."""


class Loop:
    """The loop, step by step."""

    def __init__(self, copy: ProjectCopy, prepare: Sequence[str]) -> None:
        self.copy = copy
        self.prepare = prepare

    def run(self) -> None:
        """Run every step.

        Raises:
            LoopFailed: A step did not do what it must.
        """
        title("A model is made, judged and promoted")
        say(self.copy.run("prepare", *self.prepare).rstrip())
        self.copy.run("train")
        say(self.copy.run("evaluate").rstrip())
        self.copy.run("promote")
        self.world = World(self.copy.folder)
        with self.copy.service() as url:
            self.url = url
            self._quiet()
            self._drift()
            self._retrain()
            self._roll_back()

    def _quiet(self) -> None:
        title("Traffic like the training data raises no alarm")
        self._answered(self.world.traffic(QUIET_ROWS))
        say(self._monitored(QUIET_ROWS, code=0))

    def _drift(self) -> None:
        title("The world changes: half of the number columns move")
        # Only the changed traffic is in the window: what came before was another time.
        shutil.rmtree(self.copy.folder / "state" / "predictions")
        self.before = self._answered(self.world.traffic(SHIFTED_ROWS, SHIFT), labelled=True)
        say(self._monitored(SHIFTED_ROWS, code=3))

    def _retrain(self) -> None:
        title("Labels have come: a new model is trained, judged and takes over")
        say(self.copy.run("retrain").rstrip())
        wait_for("the new champion", lambda: self._served() == 2)
        after = self._answered(self.world.traffic(SHIFTED_ROWS, SHIFT))
        right = f"{self.before * 100:.0f} before, {after * 100:.0f} now"
        say(f"Right of 100 decisions on the changed traffic: {right}")
        if after <= self.before:
            raise LoopFailed("the new champion answers no better than the old one")

    def _roll_back(self) -> None:
        title("And back again")
        say(self.copy.run("rollback").rstrip())
        wait_for("the champion of before", lambda: self._served() == 1)
        say("The service answers with version 1 again, and was never restarted.")

    def _served(self) -> int:
        with urlopen(f"{self.url}/version", timeout=5) as answer:  # noqa: S310
            return int(json.load(answer)["model_version"] or 0)

    def _monitored(self, rows: int, code: int) -> str:
        """Wait until the log holds the traffic, then monitor."""
        log = self.copy.folder / "state" / "predictions"
        wait_for(
            "the prediction log",
            lambda: sum(file.read_bytes().count(b"\n") for file in log.rglob("*.jsonl")) >= rows,
        )
        return self.copy.run("monitor", code=code).rstrip()

    def _answered(self, traffic: Traffic, *, labelled: bool = False) -> float:
        """Ask the service about the rows; return the share of right decisions."""
        asked, answers = self.copy.folder / "asked.csv", self.copy.folder / "answers.csv"
        with asked.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(traffic.rows[0]))
            writer.writeheader()
            writer.writerows(traffic.rows)
        self.copy.run("predict", "--url", self.url, "--output", str(answers), str(asked))
        with answers.open(encoding="utf-8", newline="") as file:
            given = list(csv.DictReader(file))
        if labelled:
            self._import_labels([row["prediction_id"] for row in given], traffic.labels)
        decided = [int(row["decision"]) for row in given]
        return statistics.mean(a == b for a, b in zip(decided, traffic.labels, strict=True))

    def _import_labels(self, ids: Sequence[str], labels: Sequence[int]) -> None:
        file = self.copy.folder / "labels.csv"
        with file.open("w", encoding="utf-8", newline="") as text:
            writer = csv.writer(text)
            writer.writerow(["prediction_id", "label"])
            writer.writerows(zip(ids, labels, strict=True))
        self.copy.run("labels", "import", str(file))


def title(text: str) -> None:
    """Write the title of a step."""
    say(f"\n== {text}")


def main() -> int:
    """Run the loop in a temporary folder; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for option in ("--from", "--target", "--above", "--positive"):
        parser.add_argument(option)
    options = vars(parser.parse_args())
    prepare = [text for name, value in options.items() if value for text in (f"--{name}", value)]
    if options["from"]:
        prepare = [
            str(Path(text).resolve()) if text == options["from"] else text for text in prepare
        ]
        prepare.append("--replace")
    with tempfile.TemporaryDirectory(prefix="loop-") as folder:
        try:
            Loop(ProjectCopy(Path(folder)), prepare).run()
        except LoopFailed as failure:
            sys.stderr.write(f"error: {failure}\n")
            return 1
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    say(f"\nThe loop works; it took {usage.ru_utime + usage.ru_stime:.0f} CPU seconds.")
    if "from" not in options:
        say("Its 442 rows prove the loop, not the model: bring your own data next.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
