"""Comments on a pull request: finds it, checks that the diff is of its commit, and writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from stackwright.blueprint.shown import listed
from stackwright.errors import InputError, Problem, StackwrightError
from stackwright.naming import BLUEPRINT_FILE
from stackwright_cli.forge.budget import Budget
from stackwright_cli.forge.faults import Fault, ForgeFault
from stackwright_cli.forge.forges import KNOWN, signed_in
from stackwright_cli.forge.marker import Run, key_of, read, signed
from stackwright_cli.forge.occasion import Occasion
from stackwright_cli.forge.outdated import FAILED, mark, marked
from stackwright_cli.forge.protocol import Forge, PullRequest
from stackwright_cli.forge.reconcile import State, Sticky
from stackwright_cli.forge.result import Result, of_outcome
from stackwright_cli.forge.steps import Found
from stackwright_cli.forge.words import Words

_WRITTEN = frozenset({State.CREATED, State.UPDATED, State.UNCHANGED, State.SILENT})
"""What is said holds, so that labels, check and summary say it too."""


_SUMMARY = "GITHUB_STEP_SUMMARY"
"""Names the file that a step appends Markdown to, which GitHub shows beside the job's log
(docs.github.com, "Workflow commands")."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to be written, and how."""

    blueprint: str = BLUEPRINT_FILE
    """What tells our comment from those about other blueprints of the repository."""
    always: bool = False
    """Whether a comment is written even if nothing changes."""
    labels: bool = True
    check: bool = False
    summary: bool = False
    outdated: str = ""
    """Why the comment is outdated as it is written, as Markdown; empty where it is not."""


def comment(
    words: Words,
    where: Occasion,
    wishes: Wishes,
    environment: Mapping[str, str],
    budget: Budget | None = None,
) -> Result:
    """Write what a diff says; what fails after the comment is told in the result.

    Args:
        words: What to say.
        where: Where, from the CI system or the command line.
        wishes: What to write.
        environment: Of the process: it holds the token.
        budget: The time it may take; `budget.SECONDS` when not given.

    Raises:
        InputError: There is no token, the diff is of another commit, or the pull request is not
            clear.
        ForgeFault: The forge refused, or did not answer in time.
    """
    _refuse_another_commit(words, where)
    time = budget or Budget()
    with signed_in(where, environment, time) as forge:
        pull = _pull_request(forge, where)
        if pull is None:
            return _nothing(where, State.NO_PULL_REQUEST)
        about = replace(where, commit=where.commit or pull.head)
        _refuse_another_commit(words, about)
        run = Run(key_of(wishes.blueprint), about.commit, where.stamp, bool(wishes.outdated))
        texts = _texts(words, wishes, forge, run)
        silent = words.is_nothing and not wishes.always
        outcome = Sticky(forge, pull.number, run, time).post(texts, silent=silent)
        result = Result(
            forge=where.forge,
            repository=where.repository,
            pull_request=pull.number,
            commit=about.commit,
            **of_outcome(outcome),
        )
        result = replace(result, url=result.url or pull.url)
        return _rest(result, words, wishes, forge, run, environment)


def rehearse(words: Words, where: Occasion, wishes: Wishes) -> Result:
    """Return what would be written; no forge is asked and no token is needed.

    Raises:
        InputError: The diff is of another commit than the occasion.
    """
    _refuse_another_commit(words, where)
    client = KNOWN[where.forge].client
    texts = words.comment(client.limit, alerts=client.shows_alerts)
    silent = words.is_nothing and not wishes.always
    run = Run(key_of(wishes.blueprint), where.commit or words.diff.head.commit, where.stamp)
    messages = tuple(signed(run, part, text) for part, text in enumerate(texts, start=1))
    return replace(
        _nothing(where, State.DRY_RUN),
        commit=run.head,
        parts=len(texts),
        labels_added=words.labels() if wishes.labels else (),
        messages=messages,
        notes=("Where there is no comment yet, none would be written.",) if silent else (),
    )


def mark_outdated(
    where: Occasion,
    wishes: Wishes,
    environment: Mapping[str, str],
    budget: Budget | None = None,
) -> Result:
    """Mark the comment that is there as outdated; for arguments and errors see `comment`.

    One that this very run has written stays as it is: what failed came after it.
    """
    time = budget or Budget()
    with signed_in(where, environment, time) as forge:
        pull = _pull_request(forge, where)
        if pull is None:
            return _nothing(where, State.NO_PULL_REQUEST)
        run = Run(key_of(wishes.blueprint), where.commit or pull.head, where.stamp)
        alerts = forge.shows_alerts
        sticky = Sticky(forge, pull.number, run, time)
        if _is_fresh(sticky.found(), run):
            about = _nothing(where, State.UNCHANGED)
            return replace(about, pull_request=pull.number, commit=run.head)
        outcome = sticky.change(lambda found: mark(found, FAILED, alerts=alerts))
        if outcome.state in (State.UPDATED, State.UNCHANGED):
            outcome.state = State.OUTDATED if outcome.parts else State.NO_COMMENT
        return replace(
            _nothing(where, outcome.state),
            pull_request=pull.number,
            commit=run.head,
            **of_outcome(outcome),
        )


def _nothing(where: Occasion, state: State) -> Result:
    return Result(where.forge, where.repository, where.pull_request, where.commit, state)


def _texts(words: Words, wishes: Wishes, forge: Forge, run: Run) -> list[str]:
    first, *rest = words.comment(forge.limit, alerts=forge.shows_alerts)
    if wishes.outdated:
        first = marked(first, run.head, wishes.outdated, alerts=forge.shows_alerts)
    return [first, *rest]


def _is_fresh(found: Sequence[Found], run: Run) -> bool:
    """Tell whether the first part was written by this run."""
    markers = (one.marker for one in found if one.marker.part == 1 and not one.marker.outdated)
    return any(run.stamp and (one.head, one.stamp) == (run.head, run.stamp) for one in markers)


def _pull_request(forge: Forge, where: Occasion) -> PullRequest | None:
    """Return the pull request; None where no open one has the commit as its head.

    Raises:
        InputError: Several have it.
    """
    if where.pull_request:
        return forge.pull_request(where.pull_request)
    found = forge.find(where.commit, where.source)
    if len(found) > 1:
        numbers = ", ".join(str(one.number) for one in found)
        message = f"commit {where.commit} is the head of several pull requests: {numbers}."
        raise InputError([Problem(message, hint="Say which one: --pull-request.")])
    return found[0] if found else None


def _refuse_another_commit(words: Words, where: Occasion) -> None:
    """Refuse a diff that is stale, or that someone else made, where the commit is known.

    Raises:
        InputError: It is of another commit, or of none.
    """
    said = words.diff.head.commit
    if not where.commit or said in (where.commit, *where.stand_ins):
        return
    is_of = f"commit {said[:12]}" if said else "no commit"
    message = f"the diff is of {is_of}, and this run is about {where.commit[:12]}."
    hint = "It is stale, or someone else made it: nothing was written. Compare that commit again."
    raise InputError([Problem(message, path="head.commit", hint=hint)])


def _rest(
    result: Result,
    words: Words,
    wishes: Wishes,
    forge: Forge,
    run: Run,
    environment: Mapping[str, str],
) -> Result:
    """Write labels, check and summary; one that fails keeps none of the others from being tried."""
    if result.state not in _WRITTEN:
        return result
    tasks: list[Callable[[Result], Result]] = []
    if wishes.labels:
        tasks.append(lambda found: _label(found, words, forge, run.key))
    if wishes.check:
        tasks.append(lambda found: _check(found, words, wishes, forge, run))
    if wishes.summary:
        tasks.append(lambda found: _summarise(found, words, environment))
    for task in tasks:
        try:
            result = task(result)
        except StackwrightError as error:
            result = replace(result, problems=(*result.problems, str(error)))
    return result


def _label(result: Result, words: Words, forge: Forge, key: str) -> Result:
    number = result.pull_request
    add, remove = words.label_changes(forge.labels(number))
    if remove and _has_another(forge, number, key):
        why = "the comment on another blueprint may have given them"
        note = f"These labels stay, as {why}: {listed(remove, 'and')}."
        result, remove = replace(result, notes=(*result.notes, note)), ()
    try:
        forge.change_labels(number, add, remove)
    except ForgeFault as fault:
        # The comment says all of it, and a job with few permissions should not fail for a label.
        if fault.fault is not Fault.FORBIDDEN:
            raise
        return replace(result, notes=(*result.notes, str(fault)))
    return replace(result, labels_added=add, labels_removed=remove)


def _has_another(forge: Forge, number: int, key: str) -> bool:
    """Tell whether a pull request has a comment of ours on another blueprint."""
    mine = (read(one.body) for one in forge.messages(number) if one.author == forge.me())
    return any(signature[0].key != key for signature in mine if signature)


def _check(result: Result, words: Words, wishes: Wishes, forge: Forge, run: Run) -> Result:
    url = forge.check(result.commit, words.check(run, wishes.blueprint))
    note = f"{forge.title} shows no annotations: the check has its title only."
    notes = result.notes if forge.shows_annotations else (*result.notes, note)
    return replace(result, check=url or "shown", notes=notes)


def _summarise(result: Result, words: Words, environment: Mapping[str, str]) -> Result:
    path = environment.get(_SUMMARY, "")
    if not path:
        note = f"There is no summary of a job here: {_SUMMARY} is not set."
        return replace(result, notes=(*result.notes, note))
    try:
        with Path(path).open("a", encoding="utf-8", newline="\n") as file:
            file.write(f"{words.summary().rstrip()}\n")
    except OSError as error:
        raise StackwrightError(f"{path}: cannot be written: {error.strerror}") from None
    return replace(result, summary=True)
