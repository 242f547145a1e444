"""What a reviewer reads first, as HTML: the verdict, and what each environment gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stackwright.blueprint.shown import listed
from stackwright.diff.changes import Action
from stackwright.diff.digest import SHORTEST
from stackwright.diff.model import Diff, EnvironmentDiff, Presence, Risk, Side, Verdict
from stackwright.diff.verdict import said, verdict
from stackwright.report.diff.html.elements import MOST_TAGS, badge, code, listing, plain, scope
from stackwright.report.diff.html.rows import MARKS
from stackwright.report.diff.wording import ACTION_WORDS, RISK_WORDS
from stackwright.report.page import header
from stackwright.report.words import heading, plural

_MANY = 8
"""Environments that are chosen by a press and shown one by one; more are listed and folded."""

_COMMIT = 10
"""Characters of a commit that are shown."""

_TONES = {
    Risk.DATA_LOSS: "red",
    Risk.BROKEN_PROJECT: "red",
    Risk.HAZARD: "red",
    Risk.INTERRUPTION: "red",
    Risk.ACCESS: "amber",
    Risk.REPLACEMENT: "amber",
    Risk.UNCERTAIN: "amber",
    Risk.ROUTINE: "green",
}
"""Risk -> class of its colour."""

_SECTIONS = {
    Risk.DATA_LOSS: "losses",
    Risk.BROKEN_PROJECT: "projects",
    Risk.HAZARD: "hazards",
    Risk.INTERRUPTION: "services",
    Risk.ACCESS: "access",
}
"""Risk -> the part of the page that tells of it; of the others the resources do."""

_WIDTH = 240
"""Width of the bar of an environment, in units of its drawing."""

_STYLES = {
    Action.CREATE: "new",
    Action.IMPORT: "new",
    Action.REPLACE: "replaced",
    Action.DELETE: "deleted",
}
"""Action -> class of its colour; any other is that of a change."""


def bar(diff: Diff) -> str:
    """Return the bar at the top: both sides, and the environment that the page shows."""
    sides = (
        f'<span class="tag quiet">{_side(diff.base)} <span aria-hidden="true">\u2192</span>'
        f'<span class="hidden"> to </span> {_side(diff.head)}</span>'
    )
    return header(diff.name, sides, _switch(diff))


def judgement(diff: Diff) -> str:
    """Return the verdict in words, and each risk as a link to what it is."""
    judged = diff.verdict
    tone = _TONES[judged.worst] if judged.worst else "green"
    worst = heading(RISK_WORDS[judged.worst]) if judged.worst else "No change"
    answer = "Refused" if judged.refused else worst
    risks = listing(
        "risks", (_risk(risk, judged.risks[risk]) for risk in Risk if judged.risks.get(risk))
    )
    return (
        f'<section id="verdict" class="{tone}"><p class="answer">{badge(answer, tone)}</p>'
        f"<h2>{plain(_headline(diff))}</h2>{risks}</section>"
    )


def environments(diff: Diff) -> str:
    """Return a card for each environment: its risks, and how much of it changes.

    Many are shown with the worst risk first, and those after it folded.
    """
    places = list(range(len(diff.environments)))
    if len(places) > _MANY:
        places.sort(key=lambda place: rank(diff, diff.environments[place]))
    cards = [_environment(diff, diff.environments[place], place) for place in places]
    rest = "".join(cards[_MANY:])
    more = (
        f'<details class="more"><summary>{plural("more environment", len(cards) - _MANY)}</summary>'
        f'<div class="environments">{rest}</div></details>'
    )
    shown = f'<div class="environments">{"".join(cards[:_MANY])}</div>{more if rest else ""}'
    label = 'id="environments" class="bare" aria-label="Environments"'
    return f"<section {label}>{shown}</section>" if cards else ""


def rank(diff: Diff, environment: EnvironmentDiff) -> tuple[int, int]:
    """Return what sorts the environment with the worst risk first, and of these the largest."""
    worst = _judged(diff, environment).worst
    return list(Risk).index(worst) if worst else len(Risk), -len(environment.managed)


def _judged(diff: Diff, environment: EnvironmentDiff) -> Verdict:
    projects = [one for one in diff.projects if one.environment == environment.environment]
    return verdict((environment,), projects)


def _headline(diff: Diff) -> str:
    """Return the worst risk in words; the others stand below it."""
    judged = diff.verdict
    if judged.worst is None or not judged.risks.get(judged.worst):
        return judged.sentence
    if judged.worst is Risk.ROUTINE:
        return "Only routine changes"
    words = said(judged.worst, judged.risks[judged.worst])
    return f"{words[:1].upper()}{words[1:]}{_places(diff, judged.worst)}"


def _places(diff: Diff, risk: Risk) -> str:
    """Return where there is such a risk, in words; empty where there is one environment at all."""
    found = [one.environment for one in diff.environments if _judged(diff, one).risks.get(risk)]
    if len(diff.environments) < 2 or not found:
        return ""
    few = len(found) <= MOST_TAGS
    return f" in {listed(found, 'and') if few else plural('environment', len(found))}"


def _side(side: Side) -> str:
    commit = f" {code(side.commit[:_COMMIT])}" if side.commit[:_COMMIT] not in side.label else ""
    return f"{plain(side.label)}{commit}{' with local changes' if side.dirty else ''}"


def _switch(diff: Diff) -> str:
    if len(diff.environments) < 2:
        return ""
    choices = [("", "All"), *((str(i), one.environment) for i, one in enumerate(diff.environments))]
    if len(diff.environments) > _MANY:
        options = "".join(
            f'<option value="{place}">{plain(name)}</option>' for place, name in choices
        )
        return (
            '<label><span class="hidden">Environment</span>'
            f'<select name="environment" autocomplete="off">{options}</select></label>'
        )
    options = "".join(
        f'<label><input type="radio" name="environment" value="{place}"'
        f"{'' if place else ' checked'}><span>{plain(name)}</span></label>"
        for place, name in choices
    )
    return (
        f'<fieldset class="switch"><legend class="hidden">Environment</legend>{options}</fieldset>'
    )


def _risk(risk: Risk, count: int) -> str:
    target = _SECTIONS.get(risk)
    link = f'href="#{target}"' if target else f'href="#resources" data-filter-risk="{risk.value}"'
    return (
        f'<a class="risk {_TONES[risk]}" {link}><b>{count:,}</b> '
        f"{plain(plural(RISK_WORDS[risk], count).partition(' ')[2])}</a>"
    )


def _environment(diff: Diff, environment: EnvironmentDiff, place: int) -> str:
    found = _judged(diff, environment)
    tone = _TONES[found.worst] if found.worst else ""
    presence = environment.presence
    style = "red" if presence is Presence.REMOVED else "accent"
    new = badge(presence.value, style) if presence is not Presence.BOTH else ""
    return (
        f'<article class="environment {tone}"{scope((place,))}>'
        f"<h3>{plain(environment.environment)}{new}"
        f'<span class="quiet">{plain(environment.target)}</span></h3>'
        f'<p class="worst">{", ".join(_worst(found.risks)) or "no risk found"}</p>'
        f"{_proportions(environment)}{_counts(environment)}"
        f'<p class="quiet">{environment.unchanged:,} unchanged{_digest(environment)}</p></article>'
    )


def _worst(risks: Mapping[str, int]) -> Iterator[str]:
    for risk in Risk:
        if risks.get(risk) and risk is not Risk.ROUTINE:
            words = plain(plural(RISK_WORDS[risk], risks[risk]))
            yield f'<span class="{_TONES[risk]} word">{words}</span>'


def _counts(environment: EnvironmentDiff) -> str:
    counts = environment.counts()
    return (
        listing(
            "counts",
            (
                f'<span class="sign {_STYLES.get(action, "changed")}" aria-hidden="true">'
                f"{MARKS[action]}</span><b>{counts[action]:,}</b> {ACTION_WORDS[action]}"
                for action in Action
                if action in counts
            ),
        )
        or '<p class="quiet">no resource changes</p>'
    )


def _proportions(environment: EnvironmentDiff) -> str:
    """Return a bar of what is new, changed, replaced, deleted and stays, to scale."""
    sizes: dict[str, int] = {}
    for action, count in environment.counts().items():
        style = _STYLES.get(Action(action), "changed")
        sizes[style] = sizes.get(style, 0) + count
    sizes["rest"] = environment.unchanged
    total = sum(sizes.values())
    if not total:
        return ""
    left, parts = 0.0, []
    for style in ("deleted", "replaced", "changed", "new", "rest"):
        width = sizes.get(style, 0) * _WIDTH / total
        if width:
            parts.append(f'<rect class="{style}" x="{left:.1f}" width="{width:.1f}" height="6"/>')
            left += width
    return (
        f'<svg class="proportions" viewBox="0 0 {_WIDTH} 6" preserveAspectRatio="none" '
        f'aria-hidden="true">{"".join(parts)}</svg>'
    )


def _digest(environment: EnvironmentDiff) -> str:
    short = environment.digest[:SHORTEST]
    return f", digest {code(short)}" if short else ""
