"""The command line of the stub engine: what Stackwright and the Automation API ask of `pulumi`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.engine_stub.backend import EngineError, Project, Stack
from tests.engine_stub.cloud import Cloud
from tests.engine_stub.control import Control
from tests.engine_stub.kinds import Destroy, Refresh, Up
from tests.engine_stub.operation import TERMINATED_CODE, Operation
from tests.engine_stub.points import Moment, Points, Stopping, Terminated
from tests.engine_stub.stream import Stream
from tests.engine_stub.writing import write, write_error

_GROUPS = ("stack", "state", "plugin", "config")

_WITH_VALUE = (
    *("--stack", "--event-log", "--exec-kind", "--color", "--target", "--file"),
    *("--secrets-provider", "--cwd", "--message", "--parallel", "--exclude", "--config-file"),
)

_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # the mark of the state, no secret
_SIGNATURE = "4dabf18193072939515e22adb298388d"


class Arguments:
    """A command line, taken apart."""

    def __init__(self, words: Sequence[str]) -> None:
        self.options: dict[str, list[str]] = {}
        self.words: list[str] = []
        rest = list(words)
        while rest:
            word = rest.pop(0)
            name, given, value = word.partition("=")
            if not word.startswith("-"):
                self.words.append(word)
            elif given:
                self.options.setdefault(name, []).append(value)
            else:
                value = rest.pop(0) if name in _WITH_VALUE else "true"
                self.options.setdefault(name, []).append(value)
        grouped = self.words[:1] and self.words[0] in _GROUPS
        self.command = " ".join(self.words[: 2 if grouped else 1])
        self.rest = self.words[2 if grouped else 1 :]

    def last(self, name: str, otherwise: str = "") -> str:
        """Return the last value of an option."""
        return self.options.get(name, [otherwise])[-1]


class Engine:
    """One call of the stub engine."""

    def __init__(self, folder: Path, words: Sequence[str]) -> None:
        self._folder = folder
        self._arguments = Arguments(words)
        self._control = Control.read(folder / "control.json")
        self._version = self._control.version or ""
        self._stopping = Stopping()
        self._points = Points(self._arguments.command, self._control, folder, self._stopping)

    def main(self) -> int:
        """Run the command and return its exit code."""
        simple: Mapping[str, Callable[[], int]] = {
            "version": self._say_version,
            "whoami": self._who,
            "plugin ls": self._list_plugins,
            "stack select": self._select,
            "stack init": self._init,
            "stack ls": self._list,
            "stack rm": self._remove,
            "stack export": self._export,
            "stack import": self._import,
            "stack output": self._output,
            "state unprotect": self._unprotect,
            "state delete": self._forget,
            "cancel": self._cancel,
        }
        command = self._arguments.command
        if command in ("preview", "up", "destroy", "refresh"):
            return self._operation(command)
        if command not in simple:
            raise EngineError(f'unknown command "{command}" for "pulumi"', 255)
        if command != "version":
            self._points.reach(Moment.BEGUN)
        return simple[command]()

    def _operation(self, command: str) -> int:
        self._stopping.listen()
        options = self._arguments.options
        planning = command == "preview" or "--preview-only" in options
        stream = Stream(self._arguments.last("--event-log"))
        shared = (
            *(self._stack(), self._control, Cloud(self._folder / "cloud.jsonl")),
            *(self._points, self._stopping, stream),
        )
        targets = tuple(options.get("--target", ()))
        try:
            if command == "destroy":
                return Destroy(*shared, targets=targets, planning=planning).run()
            if command == "refresh":
                clear = "--clear-pending-creates" in options
                return Refresh(
                    *shared, clear_pending_creates=clear, targets=targets, planning=planning
                ).run()
            run: Operation = Up(*shared, planning=planning)
            return run.run()
        finally:
            stream.end()

    def _stack(self) -> Stack:
        name = self._arguments.last("--stack") or next(iter(self._arguments.rest), "")
        return Stack(Project(Path.cwd()), name, self._version)

    def _say_version(self) -> int:
        self._points.reach(Moment.BEGUN)
        write(self._version)
        return 0 if self._control.version is not None else 1

    def _who(self) -> int:
        write(json.dumps({"user": os.environ.get("USER", "root"), "url": Project(Path.cwd()).url}))
        return 0

    def _list_plugins(self) -> int:
        write("[]")
        return 0

    def _select(self) -> int:
        self._stack().require()
        return 0

    def _init(self) -> int:
        stack = self._stack()
        if stack.path.is_file():
            raise EngineError(f"stack '{stack.full_name}' already exists")
        stack.project.new_settings(stack.name, self._arguments.last("--secrets-provider"))
        stack.save({})
        write(f"Created stack '{stack.name}'")
        return 0

    def _list(self) -> int:
        project = Project(Path.cwd())
        folder = project.backend / ".pulumi" / "stacks" / project.name
        names = sorted(path.stem for path in folder.glob("*.json"))
        write(json.dumps([{"name": name, "current": False, "url": ""} for name in names]))
        return 0

    def _remove(self) -> int:
        stack = self._stack()
        if stack.load().get("resources") and "--force" not in self._arguments.options:
            raise EngineError(f"'{stack.name}' still has resources; removal rejected")
        stack.path.unlink()
        if "--preserve-config" not in self._arguments.options:
            stack.project.settings(stack.name).unlink(missing_ok=True)
        return 0

    def _export(self) -> int:
        document = json.dumps({"version": 3, "deployment": self._stack().load()}, indent=4)
        file = self._arguments.last("--file")
        if file:
            Path(file).write_text(document, encoding="utf-8")
        else:
            write(document)
        return 0

    def _import(self) -> int:
        file = self._arguments.last("--file")
        text = Path(file).read_text(encoding="utf-8") if file else sys.stdin.read()
        try:
            deployment = json.loads(text)["deployment"]
        except (ValueError, KeyError):
            raise EngineError("could not deserialize deployment: unexpected end of JSON") from None
        stack = self._stack()
        stack.require()
        stack.save(deployment)
        write("Import complete.")
        return 0

    def _output(self) -> int:
        resources = self._stack().load().get("resources") or [{}]
        outputs = resources[0].get("outputs") or {}
        shown = "--show-secrets" in self._arguments.options
        write(json.dumps({key: _plain(value, shown) for key, value in outputs.items()}))
        return 0

    def _unprotect(self) -> int:
        stack = self._stack()
        deployment = stack.load()
        urns = [word for word in self._arguments.rest if word.startswith("urn:")]
        for resource in deployment.get("resources") or []:
            if "--all" in self._arguments.options or resource["urn"] in urns:
                resource.pop("protect", None)
        stack.save(deployment)
        return 0

    def _forget(self) -> int:
        stack = self._stack()
        deployment = stack.load()
        urns = [word for word in self._arguments.rest if word.startswith("urn:")]
        left = [one for one in deployment.get("resources") or [] if one["urn"] not in urns]
        stack.save({**deployment, "resources": left})
        return 0

    def _cancel(self) -> int:
        stack = self._stack()
        stack.require()
        stack.unlock()
        write(f"The currently running update for '{stack.name}' has been canceled!")
        return 0


def _plain(value: Any, shown: bool) -> Any:
    if isinstance(value, dict) and value.get(_SIGNATURE) == _SECRET:
        return json.loads(value.get("plaintext", '"[secret]"')) if shown else "[secret]"
    return value


def main(folder: str) -> None:
    """Run one command line and exit as the engine does.

    Args:
        folder: Where the control file is, and where the stub keeps its journals.
    """
    try:
        code = Engine(Path(folder), sys.argv[1:]).main()
    except Terminated:
        write_error("error: update cancelled")
        code = TERMINATED_CODE
    except EngineError as error:
        write_error(f"error: {error}")
        code = error.code
    sys.stdout.flush()
    sys.exit(code)
