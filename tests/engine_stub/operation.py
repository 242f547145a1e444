"""One run of the stub engine on one stack: preview, up, refresh or destroy."""

from __future__ import annotations

import os
import time
from collections import Counter

from tests.engine_stub.backend import EngineError, Stack
from tests.engine_stub.cloud import Cloud
from tests.engine_stub.control import Control
from tests.engine_stub.plugins import Plugins
from tests.engine_stub.points import Moment, Points, Stopping, Terminated, leaked
from tests.engine_stub.steps import Document, Step
from tests.engine_stub.stream import Stream
from tests.engine_stub.writing import write, write_error

TERMINATED_CODE = 8


class Operation:
    """What every kind of run has in common."""

    kind = ""

    def __init__(
        self,
        stack: Stack,
        control: Control,
        cloud: Cloud,
        points: Points,
        stopping: Stopping,
        stream: Stream,
        *,
        planning: bool,
    ) -> None:
        self.stack, self.control, self.cloud = stack, control, cloud
        self.points, self.stopping, self.stream = points, stopping, stream
        self.planning = planning
        self.counts: Counter[str] = Counter()
        self.failed: list[str] = []
        self.broken = False
        """True when the program raised."""
        self.corrupt = False
        self.began = time.time()
        self.state: Document = {}
        self._pending: dict[str, Document] = {}
        stopping.told = self._told
        points.leak = self._leak
        points.raw = stream.raw
        points.drain = stream.end

    def run(self) -> int:
        """Run to the end and return the exit code."""
        self.points.reach(Moment.BEGUN)
        self.stack.project.check_passphrase(self.stack.name)
        self.stack.require()
        if self.planning:
            return self._locked()
        with self.stack.lock():
            self.points.reach(Moment.LOCKED)
            code = self._locked()
        self.points.reach(Moment.UNLOCKED)
        return code

    def steps(self) -> None:
        """Do what this kind of run does."""
        raise NotImplementedError

    def _locked(self) -> int:
        write(f"{self.kind.capitalize()} ({self.stack.name}):\n")
        self.state = self.stack.checked()
        plugins = Plugins()
        try:
            self.stream.send("preludeEvent", {"config": {}})
            self.points.reach(Moment.STARTED)
            return self._ended()
        finally:
            plugins.stop()
            self.stream.end()

    def _ended(self) -> int:
        try:
            self._warn_of_pending()
            self.steps()
            self.points.reach(Moment.SUMMED)
        except Terminated:
            self._summary("canceled")
            self.diagnostic("error", "update failed\n")
            self._remember("failed")
            self.stream.send("cancelEvent", {})
            raise EngineError("update cancelled", TERMINATED_CODE) from None
        # The real engine says of an interrupted `destroy` that it has succeeded.
        if self.stopping.times and self.kind != "destroy":
            self.failed.append("update canceled\n")
        for message in self.failed[-1:]:
            self.diagnostic("error", message)
        result = "failed" if self.failed or self.broken else "succeeded"
        self._summary(result)
        self._remember(result)
        self.stream.send("cancelEvent", {})
        return 0 if result == "succeeded" else 1

    def begin(self, step: Step) -> None:
        """Tell of a step, and note in the state that it is under way."""
        self.stream.send("resourcePreEvent", step.metadata(self.planning))
        verb = {"create": "creating", "update": "updating", "delete": "deleting"}
        kind = verb.get(step.op.partition("-")[0])
        if kind and step.custom and not self.planning:
            pending = {"resource": step.new or step.old, "type": kind}
            self._pending[step.urn] = pending
            self.state.setdefault("pending_operations", []).append(pending)
            self.save()

    def intended(self, step: Step) -> None:
        """Pass the point where the state says what is under way and the provider knows nothing."""
        if not self.planning and step.op != "same":
            self.points.reach(Moment.INTENDED, step.urn)

    def made(self, step: Step) -> None:
        """Pass the point where the provider has done it and the state does not know."""
        if not self.planning and step.op != "same":
            self.points.reach(Moment.MADE, step.urn)

    def done(self, step: Step) -> None:
        """Save what became of a step, and tell."""
        if not self.planning:
            self._settle(step.urn)
            self.save()
            self.points.reach(Moment.SAVED, step.urn)
        self.stream.send("resOutputsEvent", step.metadata(self.planning))
        if not self.planning and step.op != "same":
            self.points.reach(Moment.TOLD, step.urn)
        if step.logical and not step.counted:
            self.counts[step.op] += 1
            step.counted = True

    def fail(self, step: Step, message: str) -> None:
        """Tell that the provider refused."""
        self._settle(step.urn)
        self.save()
        self.diagnostic("error", f"{message}\n", step.urn)
        corrupt = step.op not in ("create", "create-replacement")
        self.corrupt = self.corrupt or corrupt
        status = {"status": 2 if corrupt else 0, "steps": 3}
        self.stream.send("resOpFailedEvent", {**step.metadata(self.planning), **status})
        self.failed.append("update failed\n")

    def save(self) -> None:
        """Write the state as it is now."""
        if not self.planning:
            self.stack.save(self.state, full=self.points.full)

    def diagnostic(self, severity: str, message: str, urn: str = "") -> None:
        """Say something."""
        said: Document = {"urn": urn} if urn else {}
        said |= {"prefix": f"{severity}: ", "message": message, "color": "never"}
        self.stream.send("diagnosticEvent", {**said, "severity": severity})
        write(f"    {severity}: {message}", end="")

    @property
    def resources(self) -> list[Document]:
        """The resources of the state, in order of registration."""
        if self.state.get("resources") is None:
            self.state["resources"] = []
        found: list[Document] = self.state["resources"]
        return found

    @property
    def goes_on(self) -> bool:
        """Tell whether new steps may begin."""
        self.stopping.check()
        return not self.failed and not self.stopping.times

    def _settle(self, urn: str) -> None:
        """Forget that a step is under way; what an earlier run left stays, as in the real one."""
        own = self._pending.pop(urn, None)
        pending = self.state.get("pending_operations") or []
        self.state["pending_operations"] = [one for one in pending if one is not own]

    def _warn_of_pending(self) -> None:
        pending = self.state.get("pending_operations") or []
        if not pending or self.planning or self.kind == "refresh":
            return
        lines = "".join(
            f"  * {one['resource']['urn']}, interrupted while {one['type']}\n" for one in pending
        )
        self.diagnostic(
            "warning",
            f"Attempting to deploy or update resources with {len(pending)} pending operations "
            f"from previous deployment.\n{lines}",
        )

    def _summary(self, result: str) -> None:
        content = {
            "maybeCorrupt": self.corrupt,
            "durationSeconds": round(time.time() - self.began),
            "resourceChanges": dict(self.counts),
            "PolicyPacks": {},
            "isPreview": self.planning,
            "result": result,
        }
        self.stream.send("summaryEvent", content)
        write(f"\nResources:\n    {sum(self.counts.values())} {result}\n")

    def _remember(self, result: str) -> None:
        if not self.planning:
            self.stack.remember(self.kind, result, self.counts, self.began)

    def _told(self, sentence: str) -> None:
        self.stream.send("stdoutEvent", {"message": f"{sentence}\n", "color": "never"})
        os.write(1, f"{sentence}\n".encode())

    def _leak(self) -> None:
        said = leaked(dict(os.environ))
        write(said)
        write_error(said)
        self.diagnostic("warning", said + "\n")
