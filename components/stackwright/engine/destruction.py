"""Takes an environment away: platform first and completely, then the foundation.

The engine deletes each resource before all that it depends on. Between the layers we wait until
what controllers made in the cluster is gone, because nobody can take it away afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from stackwright.claims import Layer
from stackwright.engine.command import EngineCommand
from stackwright.engine.controllers import Cluster, Remnant, claimed_namespaces, wait_until_gone
from stackwright.engine.deployed import managed
from stackwright.engine.events import Event, Finding
from stackwright.engine.forecast import Fact, LayerForecast, forecast, left_behind
from stackwright.engine.guard import unprotect
from stackwright.engine.left_layers import require_no_layer_left
from stackwright.engine.operations import Action, Outcome, announced
from stackwright.engine.state import State, read_state
from stackwright.engine.state_folder import require_state_folders
from stackwright.engine.workspace import LayerFolder, QuietStack, StackMissing, layer_folders
from stackwright.environment import Environment
from stackwright.errors import InputError, Problem, StackwrightError


class ControllersNotDone(StackwrightError):
    """Something in the cluster would be left behind for ever, so the cluster is left too."""

    def __init__(self, left: Sequence[Remnant]) -> None:
        names = ", ".join(map(str, left))
        super().__init__(
            f"the foundation was not touched: still in the cluster is {names}. "
            "Delete it with kubectl, or take away the finalizer that holds it."
        )
        self.left = tuple(left)


@dataclass
class Destruction:
    """One environment that is to go.

    Args:
        environment: What the blueprint says.
        folder: Folder of the blueprint, which holds `stacks/`.
        command: The engine.
        layer: The one layer to work on; both if None.
        keep_data: Whether all that holds data stays.
        tell: Called with each event, also from other threads.
        open_cluster: Returns the API server of the environment's cluster.
    """

    environment: Environment
    folder: Path
    command: EngineCommand
    layer: Layer | None = None
    keep_data: bool = False
    tell: Callable[[Event], None] = lambda _: None
    open_cluster: Callable[[Environment], Cluster] | None = None
    done: list[Outcome] = field(default_factory=list)
    """Runs that deleted something, or tried to, in order."""
    _said: set[str] = field(default_factory=set)

    @cached_property
    def forecasts(self) -> tuple[LayerForecast, ...]:
        """What will become of each layer, in the order in which they go.

        Raises:
            InputError: The blueprint has lost all tools of a layer that is still deployed.
            StateDamaged, StateTooNew, StateOutOfReach: A state cannot be read.
        """
        require_no_layer_left(self.environment, self.folder, self.command)
        claimed = self._claimed()
        return tuple(
            forecast(
                self.environment, folder.layer, state, keep_data=self.keep_data, claimed=claimed
            )
            for folder, _, state in self._stacks
            if self.layer in (None, folder.layer)
        )

    @property
    def left_behind(self) -> tuple[Fact, ...]:
        """What may be left that no state knows."""
        return tuple(left_behind(self.environment, self.forecasts))

    def refuse(self) -> None:
        """Refuse what cannot come to a good end.

        Raises:
            InputError: A service refuses to delete something, or the platform is still there.
        """
        problems = [
            Problem(
                f"{fact.key} would not be deleted: its service is told to refuse.",
                hint=f"{fact.text.capitalize()}, then: stackwright up -e {self._name}",
            )
            for one in self.forecasts
            for fact in one.obstacles
        ]
        problems += self._platform_remains()
        if problems:
            raise InputError(problems)

    def destroy(self) -> None:
        """Delete what the forecast says, and nothing else.

        Raises:
            ControllersNotDone: The foundation was left.
            StackwrightError: The engine failed; what was deleted before stays deleted.
            EngineStopped: A person or a signal stopped it.
        """
        for one in self.forecasts:
            if one.layer is Layer.FOUNDATION:
                self._wait()
            self._destroy_layer(one)

    def remaining(self) -> Mapping[Layer, int]:
        """Return how many resources are left in each layer; a layer without a stack has none."""
        return {folder.layer: len(managed(read_state(stack))) for folder, stack, _ in self._stacks}

    def remove_stacks(self) -> None:
        """Remove the stacks that hold nothing any more, with their history."""
        for folder, stack, _ in self._stacks:
            if self.layer in (None, folder.layer) and not read_state(stack).resources:
                folder.workspace.remove_stack(stack.name, preserve_config=True)

    @property
    def _name(self) -> str:
        return self.environment.scope["environment"]

    @cached_property
    def _stacks(self) -> tuple[tuple[LayerFolder, QuietStack, State], ...]:
        """Every layer that was deployed, with its state at the beginning; the platform first."""
        found = []
        every = layer_folders(self.environment, self.folder, self.command)
        require_state_folders(every)
        for folder in reversed(every):
            try:
                stack = folder.stack()
            except StackMissing:
                continue
            found.append((folder, stack, read_state(stack)))
        return tuple(found)

    def _destroy_layer(self, one: LayerForecast) -> None:
        folder, stack, state = next(found for found in self._stacks if found[0].layer is one.layer)
        going = [urn for urn in state.by_urn if urn not in one.keeping.every]
        if not going:
            return
        if read_state(stack).by_urn.keys() != state.by_urn.keys():
            raise StackwrightError(f"{one.layer}: somebody changed it since the forecast was made.")
        if one.protected:
            unprotect(stack, one.protected)
        options = {"target": going} if one.keeping.every else {}
        instances = frozenset(self.environment.instances)
        outcome = announced(folder, stack, Action.DESTROY, instances, self.tell, **options)
        self.done.append(outcome)
        if outcome.failure is not None:
            raise StackwrightError(f"{one.layer}: {outcome.failure}")

    def _claimed(self) -> tuple[str, ...] | None:
        """Return the namespaces with volume claims; None when the cluster does not say."""
        cluster = self._cluster(Layer.PLATFORM)
        try:
            return None if cluster is None else claimed_namespaces(cluster)
        except StackwrightError as error:
            self._unknown(Layer.PLATFORM, error)
            return None

    def _wait(self) -> None:
        """Wait until controllers have taken away what they made in the cluster.

        Raises:
            ControllersNotDone: They did not, and data is not kept.
        """
        cluster = self._cluster(Layer.FOUNDATION)
        if cluster is None:
            return
        left = wait_until_gone(cluster, self._told, sleep=time.sleep, clock=time.monotonic)
        if left and not self.keep_data:
            raise ControllersNotDone(left)

    def _cluster(self, layer: Layer) -> Cluster | None:
        """Return the cluster, if it is there and answers; what is wrong is told."""
        if self.open_cluster is None:
            return None
        try:
            return self.open_cluster(self.environment)
        except StackwrightError as error:
            self._unknown(layer, error)
            return None

    def _unknown(self, layer: Layer, error: StackwrightError) -> None:
        subject = "what controllers made in the cluster"
        # It is asked for the forecast and again before the foundation goes.
        if (said := f"it could not be asked: {error}") not in self._said:
            self._said.add(said)
            self.tell(Finding(layer.value, subject, "unknown", said))

    def _told(self, sentence: str) -> None:
        self.tell(Finding(Layer.PLATFORM.value, "the cluster", "waiting", sentence))

    def _platform_remains(self) -> list[Problem]:
        if self.layer is not Layer.FOUNDATION or self.keep_data:
            return []
        return [
            Problem(
                f"the {folder.layer} layer of {self._name} still holds resources, and it needs "
                "the foundation.",
                hint=f"First: stackwright destroy -e {self._name} --layer {folder.layer}",
            )
            for folder, _, state in self._stacks
            if folder.layer is not Layer.FOUNDATION and managed(state)
        ]
