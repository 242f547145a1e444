"""The whole way of an environment: checks, preview, agreement, deployment, and proof.

Nothing is changed before every check has passed and somebody has agreed to what was shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stackwright.claims import Layer
from stackwright.engine import readiness
from stackwright.engine.backend import backend_of
from stackwright.engine.changes import Changes
from stackwright.engine.command import EngineCommand
from stackwright.engine.deployed import deployed_layer
from stackwright.engine.events import Event, Finding, Operation, Phase, Status
from stackwright.engine.guard import losses_of, unprotect
from stackwright.engine.left_layers import require_no_layer_left
from stackwright.engine.operations import Action, Outcome, announced
from stackwright.engine.preflight.access import open_api
from stackwright.engine.preflight.coverage import coverage
from stackwright.engine.preflight.result import Result, State
from stackwright.engine.preflight.verify import verify
from stackwright.engine.proposal import Proposal, Refused, propose, reasons
from stackwright.engine.readiness import Readiness
from stackwright.engine.secrets_provider import provider_of_new_stack, require_passphrase
from stackwright.engine.sources import require_unchanged, sources
from stackwright.engine.state import read_state
from stackwright.engine.state_folder import require_no_lost_state, require_state_folders
from stackwright.engine.workspace import LayerFolder, QuietStack, StackMissing, layer_folders
from stackwright.environment import Environment
from stackwright.errors import InputError, Problem, StackwrightError
from stackwright.program import refuse_examples
from stackwright.wiring import OUTPUT

Tell = Callable[[Event], None]


@dataclass(slots=True)
class Lifecycle:
    """One environment on the engine.

    Args:
        environment: What to deploy.
        folder: Folder of the blueprint, which holds `stacks/`.
        command: The engine.
        layer: The one layer to work on; both if None.
        refresh_first: Whether a preview and a deployment look at what is really there before, so
            that what somebody changed by hand is brought back.
        tell: Called with each event, also from other threads.
    """

    environment: Environment
    folder: Path
    command: EngineCommand
    layer: Layer | None = None
    refresh_first: bool = False
    tell: Tell = lambda _: None
    done: list[Outcome] = field(default_factory=list)
    """Runs that changed something, or tried to, in order."""
    _sources: Mapping[str, str] = field(init=False)
    _stacks: dict[Layer, QuietStack] = field(default_factory=dict)
    """Stacks that were found already; finding one takes a run of the engine's program."""

    def __post_init__(self) -> None:
        self._sources = sources(self.folder)

    def preview(self) -> tuple[Outcome, ...]:
        """Return what would change in each layer; no resource is touched.

        A stack that does not exist yet is made, empty: the engine previews no other way.
        """
        require_no_layer_left(self.environment, self.folder, self.command)
        folders = self._folders()
        require_state(folders)
        self._make_below()
        return tuple(self._run(one, Action.PREVIEW) for one in folders)

    def up(
        self, agree: Callable[[Proposal], bool], check: Callable[[Collection[Layer]], None]
    ) -> bool:
        """Deploy; return False when there was nothing to do.

        Args:
            agree: Asked once, with what will change; again only when the second layer, seen after
                the first was deployed, would lose more than was shown.
            check: Looks at the world outside, for some layers, before any of them is changed; for
                a layer that is made from another, again when that is there. Raises Refused.

        Raises:
            Refused: Nothing was changed, or nothing more.
            NotDeployable: The blueprint holds example values.
            EngineStopped: A person or a signal stopped it.
        """
        refuse_examples(self.environment)
        self._require_foundation()
        check([folder.layer for folder in self._folders()])
        previews = self.preview()
        proposal = propose(self.environment, previews)
        if proposal.empty:
            return False
        if not agree(proposal):
            raise Refused("nobody agreed.")
        self._deploy(proposal, agree, check)
        return True

    def refresh(self) -> tuple[Outcome, ...]:
        """Read the real resources into the state; nothing real is touched."""
        folders = self._folders()
        require_state(folders)
        found = []
        for folder in folders:
            found.append(self._run(folder, Action.REFRESH, make=False))
            if not found[-1].succeeded:
                break
        self.done += found
        return tuple(found)

    def check(self, layers: Collection[Layer]) -> None:
        """Verify what some layers assume of the world outside.

        Raises:
            Refused: Something is not as it was assumed; all of it is listed.
        """
        self.tell(Phase("", "checks", Status.STARTED))
        results = verify(self.environment, None, layers=layers, report=self._checked)
        failed = [result for result in results if result.state is State.FAILED]
        said = str(coverage(self.environment.assumptions, results))
        self.tell(Phase("", "checks", Status.FAILED if failed else Status.DONE, said))
        if failed:
            lines = "\n".join(f"  {result.found} {result.mend}".rstrip() for result in failed)
            raise Refused(f"not everything is as the blueprint assumes:\n{lines}")

    def _checked(self, result: Result) -> None:
        subject = result.check.title
        self.tell(Finding("", subject, result.state.value, result.found, result.mend))

    def prove(self) -> tuple[Readiness, ...]:
        """Wait until what runs in the cluster is ready; return what is not, in the end.

        Raises:
            StackwrightError: The cluster cannot be asked.
        """
        folder = self._folders()[-1]
        if folder.layer is not Layer.PLATFORM:
            return ()
        self.tell(Phase("platform", "readiness", Status.STARTED))
        state = read_state(self._stack(folder))
        deployed = deployed_layer(folder, state, self.environment.instances)
        api = open_api(self.environment)
        every = readiness.wait(deployed, api, report=self._looked_at)
        missing = tuple(one for one in every if one.state is not readiness.State.READY)
        self.tell(Phase("platform", "readiness", Status.FAILED if missing else Status.DONE))
        return missing

    def _looked_at(self, found: Readiness) -> None:
        state = "ok" if found.state is readiness.State.READY else found.state.value
        self.tell(Finding("platform", str(found.target), state, found.reason))

    def state_place(self) -> str:
        """Return where the state is, for people.

        Raises:
            InputError: A layer has no program.
        """
        return backend_of(self._folders()[-1]).url or "no place that anybody has named"

    def outputs(self) -> Mapping[str, Any]:
        """Return what the topmost layer exports, secrets masked.

        Raises:
            StackMissing: It was never deployed.
        """
        return self._exported(self._folders()[-1])

    def wiring(self) -> Mapping[str, Any]:
        """Return what projects may rely on, as it was deployed; empty while there is none.

        Raises:
            StackMissing: The topmost layer was never deployed.
        """
        every = layer_folders(self.environment, self.folder, self.command)
        return dict(self._exported(every[-1]).get(OUTPUT, {}))

    def _exported(self, folder: LayerFolder) -> Mapping[str, Any]:
        require_state_folders([folder])
        return read_state(self._stack(folder)).outputs

    def _deploy(
        self,
        proposal: Proposal,
        agree: Callable[[Proposal], bool],
        check: Callable[[Collection[Layer]], None],
    ) -> None:
        shown = {outcome.layer: outcome for outcome in proposal.outcomes}
        changed_below = False
        for folder in self._folders():
            preview = shown[folder.layer.value]
            if changed_below:
                check([folder.layer])
            if changed_below and _has_resources(preview.changes):
                preview = self._again(folder, preview, agree)
            if preview.changing or changed_below:
                require_unchanged(self._sources, self.folder)
                self._unprotect(folder, preview)
                outcome = self._run(folder, Action.UP)
                self.done.append(outcome)
                if not outcome.succeeded:
                    raise StackwrightError(reasons([outcome]))
                changed_below = outcome.changing

    def _again(
        self, folder: LayerFolder, before: Outcome, agree: Callable[[Proposal], bool]
    ) -> Outcome:
        """Preview a layer with what the one below has just changed, and ask if it loses more."""
        now = self._run(folder, Action.PREVIEW)
        more = propose(self.environment, [now])
        known = {(change.urn, change.operation) for change in before.changes.real}
        severe = {Operation.REPLACE, Operation.DELETE}
        new = [
            change
            for change in more.changes
            if change.operation in severe and (change.urn, change.operation) not in known
        ]
        if new and not agree(more):
            raise Refused(f"nobody agreed to what the {folder.layer} layer would lose.")
        return now

    def _unprotect(self, folder: LayerFolder, layer: Outcome) -> None:
        """Let the engine delete what the blueprint allows to lose and the program no longer has."""
        losses = losses_of(self.environment, layer.changes.real)
        urns = [loss.change.urn for loss in losses if loss.must_be_unprotected]
        if urns:
            unprotect(self._stack(folder), urns)

    def _run(self, folder: LayerFolder, action: Action, *, make: bool = True) -> Outcome:
        stack = self._stack(folder, make=make)
        looks = self.refresh_first and action in (Action.PREVIEW, Action.UP)
        options = {"refresh": True} if looks else {}
        tools = frozenset(self.environment.instances)
        return announced(folder, stack, action, tools, self.tell, **options)

    def _stack(self, folder: LayerFolder, *, make: bool = False) -> QuietStack:
        """Return the stack of a layer, made if there was none and it is asked for."""
        if folder.layer not in self._stacks:
            made = folder.made_stack(provider_of_new_stack(folder)) if make else folder.stack()
            self._stacks[folder.layer] = made
        return self._stacks[folder.layer]

    def _folders(self) -> tuple[LayerFolder, ...]:
        every = layer_folders(self.environment, self.folder, self.command)
        return tuple(one for one in every if self.layer in (None, one.layer))

    def _require_foundation(self) -> None:
        """Refuse a layer alone whose layer below was never deployed."""
        for below in self._below():
            try:
                deployed = bool(read_state(below.stack()).outputs)
            except StackMissing:
                deployed = False
            if not deployed:
                name = below.environment
                message = (
                    f"the {below.layer} layer of {name} was not deployed, and the {self.layer} "
                    "layer is made from it."
                )
                first = f"First: stackwright up -e {name} --layer {below.layer}"
                raise InputError([Problem(message, hint=first)])

    def _make_below(self) -> None:
        """Make the stacks that a layer alone reads from, if they are not there."""
        for below in self._below():
            below.made_stack(provider_of_new_stack(below))

    def _below(self) -> Iterator[LayerFolder]:
        """Yield the layers under the one layer that is worked on; none when it is both."""
        for folder in layer_folders(self.environment, self.folder, self.command):
            if self.layer in (None, folder.layer):
                return
            yield folder


def require_state(folders: Iterable[LayerFolder]) -> None:
    """Refuse to begin where state cannot be kept, was lost, or its secrets not be read.

    Raises:
        InputError: What is missing; all of it.
    """
    require_state_folders(folders)
    require_passphrase(folders)
    require_no_lost_state(folders)


def _has_resources(changes: Changes) -> bool:
    """Tell whether a layer exists already, so that something in it could be lost."""
    return any(change.operation is not Operation.CREATE for change in changes.every)
