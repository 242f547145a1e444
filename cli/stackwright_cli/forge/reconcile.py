"""Keeps one comment of ours, in as many parts as it takes, on a pull request.

No forge lets us write only if nobody else wrote meanwhile, so every round looks first, writes, and
the next round looks again: what two runs wrote twice is found and removed, and the run of the
newest commit repairs what an older one wrote over it. A run ends when a round finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from stackwright_cli.forge.budget import Budget
from stackwright_cli.forge.faults import Fault, ForgeFault
from stackwright_cli.forge.marker import Run
from stackwright_cli.forge.outdated import OVERTAKEN, mark
from stackwright_cli.forge.protocol import Forge, Message
from stackwright_cli.forge.steps import Create, Delete, Found, Update, newest, ours, steps

ROUNDS = 6
"""Rounds at most; two runs that meet need three."""

SETTLE = 1.0
"""Seconds before a round looks at what the last one wrote: a forge may show it late."""

LOOKS = 4
"""How often a comment is looked for whose answer was lost, each time twice as long after."""


class State(StrEnum):
    """What became of the comment."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SILENT = "silent"
    """Nothing changes, and there is no comment that would have to say so."""
    SUPERSEDED = "superseded"
    """The pull request has a newer commit, or a newer run has commented: nothing was written."""
    OUTDATED = "outdated"
    """The comment is marked as outdated."""
    NO_COMMENT = "no-comment"
    """There is none to mark."""
    NO_PULL_REQUEST = "no-pull-request"
    """None that is open has the commit as its head: it was closed, or a newer commit came."""
    DRY_RUN = "dry-run"


@dataclass(slots=True)
class Outcome:
    """What was done on the pull request."""

    state: State = State.UNCHANGED
    url: str = ""
    """Of the first part."""
    created: list[int] = field(default_factory=list)
    updated: list[int] = field(default_factory=list)
    deleted: list[int] = field(default_factory=list)
    parts: int = 0


class Sticky:
    """Our comment on one pull request, as one run sees it."""

    def __init__(self, forge: Forge, number: int, run: Run, budget: Budget) -> None:
        self._forge = forge
        self._number = number
        self._run = run
        self._budget = budget
        self._begin()

    def post(self, texts: Sequence[str], *, silent: bool = False) -> Outcome:
        """Make our comment say what it should.

        Args:
            texts: Its parts, each within the forge's limit together with its marker.
            silent: Write nothing where there is no comment yet.

        Raises:
            ForgeFault: The forge refused, or did not answer in time.
        """
        self._begin()
        found = self.found()
        if silent and not found:
            state = State.SUPERSEDED if self._is_superseded(found) else State.SILENT
            return self._done(state, found)
        return self._settle(lambda there: steps(there, texts, self._run), found)

    def change(self, decide: Callable[[Sequence[Found]], Sequence[Update]]) -> Outcome:
        """Change what is there already; for the errors see `post`."""
        self._begin()
        return self._settle(decide, self.found())

    def found(self) -> tuple[Found, ...]:
        """Return our comments; what this run made is among them even if the forge is late."""
        there = list(self._forge.messages(self._number))
        listed = {message.id for message in there}
        late = [message for number, message in self._made.items() if number not in listed]
        return ours([*there, *late], self._forge.me(), self._run.key)

    def _begin(self) -> None:
        self._made: dict[int, Message] = {}
        self._outcome = Outcome()

    def _settle(
        self,
        decide: Callable[[Sequence[Found]], Sequence[Create | Update | Delete]],
        found: tuple[Found, ...],
    ) -> Outcome:
        for _ in range(ROUNDS):
            if self._is_superseded(found):
                return self._withdraw()
            todo = decide(found)
            if not todo:
                break
            for step in todo:
                self._carry_out(step)
            self._budget.wait(SETTLE)
            found = self.found()
        return self._done(self._state(), found)

    def _state(self) -> State:
        done = self._outcome
        if not (done.created or done.updated or done.deleted):
            return State.UNCHANGED
        mine = ours(self._made.values(), self._forge.me(), self._run.key)
        is_new = any(one.marker.part == 1 for one in mine)
        return State.CREATED if is_new else State.UPDATED

    def _is_superseded(self, found: Sequence[Found]) -> bool:
        """Tell whether a newer run is there. Stamps only order the runs of one commit."""
        run = self._run
        if run.stamp and newest(found, run.head) > run.stamp:
            return True
        return bool(run.head) and not self._is_head()

    def _is_head(self) -> bool:
        """Tell whether the pull request is still at our commit; a forge may learn of it late."""
        if self._forge.pull_request(self._number).head == self._run.head:
            return True
        self._budget.wait(2 * SETTLE)
        return self._forge.pull_request(self._number).head == self._run.head

    def _withdraw(self) -> Outcome:
        """Take back what this run wrote beside or over the comment of a newer one."""
        found = self.found()
        mine = [one for one in found if self._is_mine(one)]
        made = [one for one in mine if one.message.id in self._made]
        if len(made) < len(found):
            for one in made:
                self._carry_out(Delete(one.message.id))
        if any(one.message.id in self._outcome.updated for one in mine):
            for step in mark(mine, OVERTAKEN, alerts=self._forge.shows_alerts):
                self._carry_out(step)
        return self._done(State.SUPERSEDED, found)

    def _is_mine(self, one: Found) -> bool:
        """Tell whether a comment says what this run wrote, and not what a newer one did."""
        return (one.marker.head, one.marker.stamp) == (self._run.head, self._run.stamp)

    def _done(self, state: State, found: Sequence[Found]) -> Outcome:
        first = next((one.message for one in found if one.marker.part == 1), None)
        self._outcome.state = state
        self._outcome.url = first.url if first else ""
        self._outcome.parts = len({one.marker.part for one in found})
        return self._outcome

    def _carry_out(self, step: Create | Update | Delete) -> None:
        if isinstance(step, Create):
            self._create(step.body)
        elif isinstance(step, Update):
            self._update(step)
        else:
            self._forge.delete(self._number, step.message)
            self._made.pop(step.message, None)
            self._outcome.deleted.append(step.message)

    def _update(self, step: Update) -> None:
        try:
            message = self._forge.update(self._number, step.message, step.body)
        except ForgeFault as fault:
            if fault.fault is not Fault.NOT_FOUND:
                raise
            # Someone deleted it since we looked.
            self._made.pop(step.message, None)
            self._create(step.body)
        else:
            if message.id in self._made:
                self._made[message.id] = message
            self._outcome.updated.append(message.id)

    def _create(self, body: str) -> None:
        try:
            message = self._forge.create(self._number, body)
        except ForgeFault as fault:
            if fault.fault is not Fault.UNCERTAIN:
                raise
            message = self._look_for(body) or self._forge.create(self._number, body)
        self._made[message.id] = message
        self._outcome.created.append(message.id)

    def _look_for(self, body: str) -> Message | None:
        """Return the comment whose answer was lost; None when it never appears."""
        marker = body.partition("\n")[0]
        for look in range(LOOKS):
            self._budget.wait(SETTLE * 2**look)
            for message in self._forge.messages(self._number):
                mine = message.author == self._forge.me() and message.id not in self._made
                if mine and message.body.startswith(marker):
                    return message
        return None
