"""A copy of the project's configuration in a folder of its own, and the commands run in it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import yaml

PACKAGE = "{= cookiecutter.package_name =}"
ROOT = Path(__file__).resolve().parents[2]

PATIENCE_SECONDS = 120.0
QUICK: Mapping[str, dict[str, Any]] = {
    # Which labelled rows are held back is chance. On 88 holdout rows that alone moves the gain
    # over the baseline by 0.01, so a demand of that size would sometimes end the loop.
    "gate": {"minimum_gain_over_baseline": 0.0},
    "serving": {"poll_seconds": 0.3, "batch_seconds": 0.3},
    "monitoring": {"minimum_rows": 100},
    "retraining": {"minimum_rows": 100, "cool_down_hours": 0.0},
}
"""Settings with which seconds and a few hundred rows show what otherwise takes days."""


class LoopFailed(Exception):
    """A step did not do what it must; the message says which, and what it printed."""


class ProjectCopy:
    """The copy: it has its own state, and ends with its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copy(ROOT / "pyproject.toml", folder)
        shutil.copytree(ROOT / "configuration", folder / "configuration")
        self.variables = dict(
            os.environ,
            PROJECT_ROOT=str(folder),
            PYTHONPATH=os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]),
        )
        for name in ("PROJECT_ENVIRONMENT", "PROJECT_WIRING", "MLFLOW_TRACKING_URI"):
            self.variables.pop(name, None)
        self._hurry()

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a command of the project and return what it printed.

        Raises:
            LoopFailed: It ended with another code than `code`.
        """
        say(f"$ {PACKAGE} {' '.join(arguments)}")
        done = subprocess.run(  # noqa: S603
            self.command(*arguments),
            cwd=self.folder,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != code:
            raise LoopFailed(
                f"`{' '.join(arguments)}` ended with {done.returncode} and not {code}:\n"
                f"{done.stdout}{done.stderr}"
            )
        return done.stdout

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of a command of the project."""
        return [sys.executable, "-m", PACKAGE, *arguments]

    @contextmanager
    def service(self) -> Iterator[str]:
        """Serve on a free port while the block runs; yields the URL.

        Raises:
            LoopFailed: It does not get ready, or does not end when it is told to.
        """
        say(f"$ {PACKAGE} serve --port 0")
        log = self.folder / "service.log"
        with (
            log.open("w", encoding="utf-8") as errors,
            subprocess.Popen(  # noqa: S603
                self.command("serve", "--port", "0"),
                cwd=self.folder,
                env=self.variables,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            ) as process,
        ):
            try:
                line = process.stdout.readline() if process.stdout else ""
                if "http" not in line:
                    raise LoopFailed(f"the service did not start: {log.read_text()}")
                url = line[line.index("http") :].strip()
                wait_for("a ready service", lambda: _status(f"{url}/readyz") == 200)
                yield url
                process.send_signal(signal.SIGTERM)
                if process.wait(timeout=30) != 0:
                    raise LoopFailed(f"the service did not end well: {log.read_text()}")
            finally:
                process.kill()

    def _hurry(self) -> None:
        file = self.folder / "configuration" / "project.yaml"
        settings = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        for section, values in QUICK.items():
            settings[section] = dict(settings.get(section) or {}) | values
        file.write_text(yaml.safe_dump(settings), encoding="utf-8")


def say(text: str) -> None:
    """Write a line of progress."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def wait_for(what: str, holds: Callable[[], bool]) -> None:
    """Wait until `holds()` is true.

    Raises:
        LoopFailed: It is not within the time that we wait.
    """
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > end:
            raise LoopFailed(f"waited {PATIENCE_SECONDS:.0f} s for {what}")
        time.sleep(0.1)


def _status(url: str) -> int:
    try:
        with urlopen(url, timeout=5) as answer:  # noqa: S310
            return int(answer.status)
    except OSError as error:
        return int(getattr(error, "code", 0))
