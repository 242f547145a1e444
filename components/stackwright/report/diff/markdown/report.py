"""A diff as Markdown for a pull request: the worst first, the rest folded, everything escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from stackwright.diff.model import Diff, Risk, Side
from stackwright.report.diff.markdown.cards import cards
from stackwright.report.diff.markdown.changed import changed, outputs
from stackwright.report.diff.markdown.findings import findings
from stackwright.report.diff.markdown.ledgers import ledgers
from stackwright.report.diff.markdown.opening import causes, environment_table, nothing, opening
from stackwright.report.diff.merging import merged
from stackwright.report.diff.sections import (
    Block,
    Section,
    by_risk,
    document,
)
from stackwright.report.diff.wording import LONGEST_NAME, cut, named, said

_COMMIT = re.compile(r"[0-9a-f]{7,64}")

_SHORT_COMMIT = 12


def markdown(diff: Diff, *, alerts: bool = True) -> str:
    """Return the whole diff as one Markdown text.

    Args:
        diff: What to show; it may come from a stranger.
        alerts: Whether the reader's forge shows `> [!CAUTION]` as a coloured box.
    """
    return document(sections(diff, alerts=alerts))


def sections(diff: Diff, *, alerts: bool = True) -> tuple[Section, ...]:
    """Return the sections of a diff, the verdict first and the footer last.

    Between them stand what would be destroyed, the environments, the causes, and then what is
    folded: findings by risk, and the changed resources by the risk of their tool.

    Args:
        diff: What to show; it may come from a stranger.
        alerts: Whether the forge shows `> [!CAUTION]` as a coloured box, as GitHub does; GitLab
            does so from 17.10 on.
    """
    begin = opening(diff, alerts=alerts)
    if nothing(diff):
        return begin, *_present([_notes(diff)]), footer(diff)
    return (
        begin,
        *_present(
            [*cards(diff), _hazards(diff), environment_table(diff), causes(diff), _notes(diff)]
        ),
        *_headed("What to look at", by_risk([*findings(diff), *ledgers(diff), _warnings(diff)])),
        *_headed("What changes", by_risk([*changed(diff), outputs(diff)])),
        footer(diff),
    )


def footer(diff: Diff) -> Section:
    """Return what was compared, with what, and how to see more."""
    version = diff.head.stackwright or diff.base.stackwright
    made = f" by Stackwright {named(version)}" if version else ""
    lines = [
        f"Compared {_side(diff.base)} with {_side(diff.head)}{made}. Everything: {_command(diff)}",
    ]
    if any(one.digest for one in diff.environments) and not nothing(diff):
        lines.append("`stackwright up --reviewed DIGEST` deploys nothing but what is shown here.")
    return Section((Block(f"---\n\n<sub>{'<br>'.join(lines)}</sub>"),), unit="footer", kept=True)


def _present(found: Iterable[Section]) -> Iterator[Section]:
    return (section for section in found if section.blocks)


def _headed(title: str, found: tuple[Section, ...]) -> tuple[Section, ...]:
    return (replace(found[0], heading=f"### {title}"), *found[1:]) if found else ()


def _notes(diff: Diff) -> Section:
    return Section(
        tuple(Block(f"- {said(note)}") for note in diff.notes),
        title="About this comparison",
        unit="note",
    )


def _hazards(diff: Diff) -> Section:
    found = merged(diff, lambda one: one.hazards, lambda _, hazard: said(hazard))
    return Section(
        tuple(Block(f"- {text} ({where})") for text, where in found),
        title="Hazards for the deployment",
        risk=Risk.HAZARD,
        unit="hazard",
    )


def _warnings(diff: Diff) -> Section:
    found = merged(diff, lambda one: one.warnings, lambda _, warning: said(warning))
    return Section(
        tuple(Block(f"- {text} ({where})") for text, where in found),
        title=f"<b>New warnings</b>: {len(found)}",
        risk=Risk.ROUTINE,
        folded=True,
        unit="warning",
    )


def _side(side: Side) -> str:
    commit = named(side.commit[:_SHORT_COMMIT]) if _COMMIT.fullmatch(side.commit) else ""
    label = cut(side.label, LONGEST_NAME)
    named_label = f" ({named(label)})" if commit and label and label != side.commit else ""
    dirty = " with uncommitted changes" if side.dirty else ""
    return f"{commit or named(label)}{named_label}{dirty}"


def _command(diff: Diff) -> str:
    """Return the command that shows everything; a label of a stranger is in none."""
    commits = [] if diff.head.dirty else [diff.head.commit]
    known = [one for one in (diff.base.commit, *commits) if _COMMIT.fullmatch(one)]
    complete = _COMMIT.fullmatch(diff.base.commit) and len(known) == 1 + len(commits)
    revisions = "".join(f"{one[:_SHORT_COMMIT]} " for one in known) if complete else ""
    return f"`stackwright diff {revisions}--format html -o diff.html`"
