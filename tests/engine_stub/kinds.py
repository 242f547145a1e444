"""The kinds of runs: what each does to the resources of a stack."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from tests.engine_stub.backend import now
from tests.engine_stub.cloud import NameTaken
from tests.engine_stub.control import Resource
from tests.engine_stub.operation import Operation
from tests.engine_stub.points import Moment, ProviderError
from tests.engine_stub.steps import STACK_TYPE, Document, Names, Step, compared, wanted


class Up(Operation):
    """Makes the stack what its program says."""

    kind = "update"

    def steps(self) -> None:
        """Register, create, update and replace; then delete what is no longer there."""
        program = self.control.program(self.stack.project.name)
        names = Names(self.stack.name, self.stack.project.name)
        root = self._root(names.root)
        kept = {names.root}
        for resource, new in wanted(program, names):
            kept.add(new["urn"])
            if self.goes_on:
                self._one(new, resource)
        if program.error and self.goes_on:
            self._program_failed(program.error)
            self._finish(root, program.outputs)
            return
        if self.goes_on:
            self._delete(kept)
        if self.goes_on:
            self._finish(root, program.outputs)

    def _program_failed(self, error: str) -> None:
        self.diagnostic("error", f"Program failed with an unhandled exception:\n{error}\n\n")
        self.broken = True

    def _root(self, urn: str) -> Step:
        old = self._old(urn)
        new = {"urn": urn, "custom": False, "type": STACK_TYPE, "inputs": {}, "parent": ""}
        step = Step("same" if old else "create", urn, old, new, custom=False)
        self.begin(step)
        self.counts[step.op] += 1
        step.counted = True
        if self.planning:
            step.new = {**new, "outputs": (old or {}).get("outputs", {})}
            self.stream.send("resOutputsEvent", step.metadata(self.planning))
        elif not old:
            self.resources.insert(0, {**new, "outputs": {}, "created": now(), "modified": now()})
            self.save()
        return step

    def _finish(self, root: Step, outputs: Any) -> None:
        stored = self._old(root.urn)
        root.old = root.old and dict(root.old)
        root.new = {**(root.new or {}), "outputs": dict(outputs)}
        if stored is not None and not self.planning:
            stored["outputs"] = dict(outputs)
        self.done(root)

    def _one(self, new: Document, resource: Resource) -> None:
        old = self._old(new["urn"])
        differing = compared(old, new) if old else ()
        replacing = tuple(name for name in differing if name in resource.replaces)
        if old is None:
            step = Step("create", new["urn"], None, new, custom=new["custom"])
            self._changed(step, new, None, resource.identity)
        elif replacing:
            self._replace(old, new, differing, replacing, resource.identity)
        else:
            op = "update" if differing else "same"
            step = Step(op, new["urn"], old, new, differing, custom=new["custom"])
            self._changed(step, {**new, "id": old.get("id", "")}, old)

    def _changed(self, step: Step, new: Document, old: Document | None, identity: str = "") -> None:
        self.begin(step)
        try:
            self.intended(step)
            if step.custom and not self.planning:
                if step.op == "create":
                    new = {**new, "id": self.cloud.create(step.urn, identity)}
                self.made(step)
        except (ProviderError, NameTaken) as error:
            self.fail(step, _said(error))
            return
        stored = {**(old or {"created": now()}), **new, "modified": now()}
        if step.custom:
            stored["outputs"] = {**dict(new["inputs"]), "arn": f"arn:stub:{new.get('id', '')}"}
        self._store(stored)
        step.new = stored
        self.done(step)
        if self.planning and not step.custom:
            self.stream.send("resOutputsEvent", step.metadata(self.planning))

    def _replace(
        self,
        old: Document,
        new: Document,
        differing: tuple[str, ...],
        replacing: tuple[str, ...],
        wanted: str,
    ) -> None:
        urn = new["urn"]
        step = Step("create-replacement", urn, old, new, differing, replacing, logical=False)
        self.begin(step)
        try:
            self.intended(step)
            identity = "" if self.planning else self.cloud.replace(urn, wanted)
            self.made(step)
        except (ProviderError, NameTaken) as error:
            self.fail(step, _said(error))
            return
        stored = {**new, "id": identity, "created": now(), "modified": now()}
        stored["outputs"] = {**dict(new["inputs"]), "arn": f"arn:stub:{identity}"}
        old["delete"] = True
        self.resources.append(stored)
        self.done(step)
        whole = Step("replace", urn, old, stored, differing, replacing)
        self.stream.send("resourcePreEvent", whole.metadata(self.planning))
        self.stream.send("resOutputsEvent", whole.metadata(self.planning))
        self.counts["replace"] += 1

    def _delete(self, kept: set[str]) -> None:
        for old in reversed(list(self.resources)):
            if self.goes_on and (old.get("delete") or old["urn"] not in kept):
                delete(self, old, "delete-replaced" if old.get("delete") else "delete")

    def _old(self, urn: str) -> Document | None:
        live = (one for one in self.resources if one["urn"] == urn and not one.get("delete"))
        return next(live, None)

    def _store(self, stored: Document) -> None:
        if self.planning:
            return
        live = [i for i, one in enumerate(self.resources) if one["urn"] == stored["urn"]]
        if live:
            self.resources[live[-1]] = stored
        else:
            self.resources.append(stored)


class Destroy(Operation):
    """Deletes everything."""

    kind = "destroy"

    def __init__(self, *arguments: Any, targets: tuple[str, ...] = (), **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._targets = targets

    def steps(self) -> None:
        """Delete in the reverse order of registration."""
        chosen = [one for one in self.resources if targeted(one, self._targets)]
        protected = [one for one in chosen if one.get("protect")]
        for old in reversed(chosen):
            if protected and old in protected:
                self._refuse(old)
            elif self.goes_on:
                delete(self, old, "delete")

    def _refuse(self, old: Document) -> None:
        self.diagnostic(
            "error",
            f'resource "{old["urn"]}" cannot be deleted\nbecause it is protected. To unprotect the '
            f"resource, remove the `protect` flag or run `pulumi state unprotect`\n",
            old["urn"],
        )
        self.failed.append("update failed\n")


class Refresh(Operation):
    """Reads everything into the state."""

    kind = "refresh"

    def __init__(
        self,
        *arguments: Any,
        clear_pending_creates: bool,
        targets: tuple[str, ...] = (),
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        self._clear = clear_pending_creates
        self._targets = targets

    def steps(self) -> None:
        """Read each resource; what is gone leaves the state."""
        for old in list(self.resources):
            if self.goes_on and targeted(old, self._targets):
                self._one(old)
        pending = self.state.get("pending_operations") or []
        kept = [one for one in pending if one["type"] == "creating" and not self._clear]
        self.state["pending_operations"] = kept
        self.save()

    def _one(self, old: Document) -> None:
        step = Step("refresh", old["urn"], old, dict(old), logical=False, custom=old["custom"])
        self.stream.send("resourcePreEvent", step.metadata(self.planning))
        if not self.planning:
            try:
                self.points.reach(Moment.INTENDED, old["urn"])
            except ProviderError as error:
                self.fail(step, str(error))
                return
        self._found(old)

    def _found(self, old: Document) -> None:
        drift = [one for one in self.control.drifts if fnmatchcase(old["urn"], one.urn)]
        # One that was only looked for by its id has no outputs yet.
        old.setdefault("outputs", dict(old.get("inputs") or {}))
        there = old["id"] in self.cloud.alive().get(old["urn"], []) if old.get("id") else True
        step = Step("same", old["urn"], old, dict(old), logical=False, custom=old["custom"])
        if any(one.gone for one in drift) or (old["custom"] and not there):
            step.op, step.new = "delete", None
            self.cloud.delete(old["urn"], old.get("id", ""))
            if not self.planning:
                self.resources.remove(old)
        elif changes := {k: v for one in drift for k, v in one.changes.items()}:
            step.op, step.differing = "update", tuple(sorted(changes))
            step.new = {**old, "outputs": {**old["outputs"], **changes}}
            if not self.planning:
                old["outputs"] = step.new["outputs"]
        self.save()
        self.stream.send("resOutputsEvent", step.metadata(self.planning))
        self.counts[step.op] += 1


def _said(error: ProviderError | NameTaken) -> str:
    return f"AlreadyExistsException: {error}" if isinstance(error, NameTaken) else str(error)


def targeted(resource: Document, targets: tuple[str, ...]) -> bool:
    """Tell whether a resource is among the targets; all are when there are none."""
    return not targets or any(fnmatchcase(resource["urn"], one) for one in targets)


def delete(run: Operation, old: Document, op: str) -> None:
    """Delete one resource of the state."""
    step = Step(op, old["urn"], old, None, logical=op == "delete", custom=old["custom"])
    run.begin(step)
    try:
        run.intended(step)
        if step.custom and not run.planning:
            if not old.get("retainOnDelete"):
                run.cloud.delete(old["urn"], old.get("id", ""))
            run.made(step)
    except ProviderError as error:
        run.fail(step, str(error))
        return
    if not run.planning:
        run.resources.remove(old)
    run.done(step)
