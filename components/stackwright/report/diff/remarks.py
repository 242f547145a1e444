"""A remark is one finding at one line of a file: what inline notes are made from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import PurePosixPath

from stackwright.blueprint.shown import listed
from stackwright.diff.changes import Action, ResourceChange
from stackwright.diff.findings import BrokenProject, DataLoss, Direction
from stackwright.diff.model import Diff, EnvironmentDiff, Risk
from stackwright.diff.verdict import INTERRUPTING, WIDENING
from stackwright.report.diff.causes import Causes
from stackwright.report.diff.wording import RISK_WORDS, cut, differing, ended
from stackwright.report.words import clean, plural, type_words
from stackwright.urns import name_of, type_of

BLUEPRINT = "blueprint.yaml"
"""The file of a remark that no line of the blueprint caused, unless a cause names another."""

LONGEST_TITLE = 200
LONGEST_MESSAGE = 2_000
"""Characters; GitHub takes 64 KB in the message of an annotation and 255 in a title."""

LAST_LINE = 1_000_000
"""Above the last line of any blueprint, and below what a forge refuses."""

_MOST_PLACES = 6
_MOST_REASONS = 3

_OUTSIDE = re.compile(r"^[/\\]|^[A-Za-z][A-Za-z0-9+.-]*:|\\|[\x00-\x1f]|(^|/)\.\.(/|$)")
"""A path that leaves the repository, or that is none."""


class Level(StrEnum):
    """How grave a remark is."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"
    """The answer is no as long as it stands."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding, in plain text; the same finding of several environments is one remark."""

    risk: Risk
    level: Level
    title: str
    message: str
    file: str
    """From the root of the repository, with `/`; inside of it."""
    line: int
    """From 1."""
    key: str
    """What it is about, the same from run to run wherever its line moves to."""
    environments: tuple[str, ...]


def remarks(diff: Diff) -> tuple[Remark, ...]:
    """Return every finding worth a note, the worst first; routine changes have none."""
    found: dict[tuple[Risk, str], list[Remark]] = {}
    for remark in _all(diff):
        found.setdefault((remark.risk, remark.key), []).append(remark)
    order = {risk: place for place, risk in enumerate(Risk)}
    ordered = sorted(map(_one, found.values()), key=lambda one: order[one.risk])
    return tuple(_finished(remark) for remark in ordered)


def _all(diff: Diff) -> Iterator[Remark]:
    for broken in diff.projects:
        yield _broken(broken)
    places = _Places(diff)
    for environment in diff.environments:
        yield from _Findings(environment, places).all()


def _broken(broken: BrokenProject) -> Remark:
    return Remark(
        risk=Risk.BROKEN_PROJECT,
        level=Level.ERROR,
        title=f"{RISK_WORDS[Risk.BROKEN_PROJECT]}: {broken.project}",
        message=f"{broken.sentence} ({broken.key}: {broken.breakage.replace('-', ' ')})",
        file=_inside(broken.file, BLUEPRINT),
        line=_line(broken.line),
        key=f"{broken.project}::{broken.contract}::{broken.key}",
        environments=(broken.environment,),
    )


class _Places:
    """Where a remark stands: the first line of the blueprint that changes for its tool."""

    def __init__(self, diff: Diff) -> None:
        self._causes = Causes(diff)
        self._default = _inside(diff.causes[0].file if diff.causes else "", BLUEPRINT)

    def of(self, environment: str, tool: str) -> tuple[str, int]:
        """Return file and line."""
        cause = next(iter(self._causes.of(environment, tool)), None)
        if cause is None:
            return self._default, 1
        return _inside(cause.file, self._default), _line(cause.line)


class _Findings:
    """What is worth a remark in one environment."""

    def __init__(self, environment: EnvironmentDiff, places: _Places) -> None:
        self._environment = environment
        self._places = places
        self._changes = {one.urn: one for one in environment.changes}

    def all(self) -> Iterator[Remark]:
        """Yield every finding of the environment."""
        yield from map(self._loss, self._environment.losses)
        yield from map(self._hazard, self._environment.hazards)
        yield from self._services()
        yield from self._access()
        yield from self._replacements()

    def _loss(self, loss: DataLoss) -> Remark:
        holding = [one.name for one in loss.protections if one.holds]
        kept = f"Kept by: {listed(holding, 'and')}." if holding else "Nothing keeps it."
        return self._at(
            loss.tool,
            Risk.DATA_LOSS,
            Level.ERROR if loss.refused else Level.WARNING,
            loss.urn,
            f"{_resource(loss.urn)} would be {ended(loss.action)}.",
            f"Lost: {loss.what}." if loss.what else "The program protects it.",
            _reasons(self._changes.get(loss.urn), loss.causes),
            kept,
            *(["The safe way:", *loss.steps] if loss.steps else []),
        )

    def _hazard(self, hazard: str) -> Remark:
        file, line = self._places.of(self._environment.environment, "")
        return Remark(
            risk=Risk.HAZARD,
            level=Level.ERROR,
            title=RISK_WORDS[Risk.HAZARD],
            message=hazard,
            file=file,
            line=line,
            key=hazard,
            environments=(self._environment.environment,),
        )

    def _services(self) -> Iterator[Remark]:
        for one in self._environment.services:
            if one.impact in INTERRUPTING:
                said = f"{_resource(one.urn)}: {one.sentence}"
                yield self._at(one.tool, Risk.INTERRUPTION, Level.WARNING, one.urn, said)

    def _access(self) -> Iterator[Remark]:
        for one in self._environment.access:
            if one.direction in WIDENING and not one.new:
                level = Level.NOTE if one.direction is Direction.UNCLEAR else Level.WARNING
                said = f"{_resource(one.urn)}: {one.sentence}"
                yield self._at(one.tool, Risk.ACCESS, level, one.urn, said)

    def _replacements(self) -> Iterator[Remark]:
        """Yield the roots of replacements, and what nobody measured; what is lost has its own."""
        lost = {one.urn for one in self._environment.losses}
        links = {chain.root: len(chain.links) for chain in self._environment.chains}
        for one in self._environment.managed:
            root = one.replacement is None or not one.replacement.because_of
            if one.action is Action.REPLACE and root and one.urn not in lost:
                yield self._replaced(one, links.get(one.urn, 0))
            elif one.uncertain:
                said = (
                    f"{_resource(one.urn)} may be replaced: nobody measured what its change does."
                )
                reasons = _reasons(one, [path.path for path in one.properties])
                yield self._at(one.tool, Risk.UNCERTAIN, Level.NOTE, one.urn, said, reasons)

    def _replaced(self, change: ResourceChange, links: int) -> Remark:
        forced = change.replacement
        return self._at(
            change.tool,
            Risk.REPLACEMENT,
            Level.WARNING,
            change.urn,
            f"{_resource(change.urn)} would be replaced.",
            _reasons(change, forced.properties if forced else ()),
            forced.gap if forced else "",
            f"{plural('resource', links)} replaced with it." if links else "",
        )

    def _at(self, tool: str, risk: Risk, level: Level, urn: str, *said: str) -> Remark:
        file, line = self._places.of(self._environment.environment, tool)
        return Remark(
            risk=risk,
            level=level,
            title=f"{RISK_WORDS[risk]}: {_resource(urn)}",
            message=" ".join(text for text in said if text),
            file=file,
            line=line,
            key=urn.partition("::")[2],
            environments=(self._environment.environment,),
        )


def _reasons(change: ResourceChange | None, paths: Iterable[str]) -> str:
    if change is None:
        return ""
    wanted = set(paths)
    found = [one for one in change.properties if one.path in wanted and not one.noise]
    told = (f"{one.path}: {' -> '.join(differing(one))}" for one in found[:_MOST_REASONS])
    return "; ".join(told) + "." if found else ""


def _one(alike: Sequence[Remark]) -> Remark:
    """Return one remark for a finding of several environments: the gravest, with all names."""
    order = list(Level)
    gravest = max(alike, key=lambda remark: order.index(remark.level))
    names = dict.fromkeys(name for remark in alike for name in remark.environments)
    return replace(gravest, environments=tuple(names))


def _finished(remark: Remark) -> Remark:
    names = list(remark.environments)
    rest = len(names) - _MOST_PLACES
    where = listed([*names[:_MOST_PLACES], f"{rest} more"] if rest > 0 else names, "and")
    title = remark.title[:1].upper() + remark.title[1:]
    return replace(
        remark,
        title=cut(f"{title} in {where}", LONGEST_TITLE),
        message=cut(remark.message, LONGEST_MESSAGE),
    )


def _resource(urn: str) -> str:
    return clean(f"{type_words(type_of(urn))} {name_of(urn)}")


def _line(line: int) -> int:
    """Return a line that a forge takes: a stranger's may be any number."""
    return min(max(1, line), LAST_LINE)


def _inside(file: str, default: str) -> str:
    """Return a path inside the repository: a stranger's that leads out of it is not used."""
    if not file or _OUTSIDE.search(file):
        return default
    return PurePosixPath(file).as_posix()
