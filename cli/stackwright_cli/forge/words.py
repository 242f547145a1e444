"""What is posted: the parts of the comment, the labels and the check, from a diff and previews."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stackwright.blueprint.shown import shown
from stackwright.diff.model import Diff
from stackwright.diff.preview.compared import Previewed, previewed
from stackwright.diff.preview.stream import PreviewStream
from stackwright.errors import InputError, Problem
from stackwright.naming import BLUEPRINT_FILE
from stackwright.report.diff.annotations import annotate
from stackwright.report.diff.html import html
from stackwright.report.diff.labels import LABELS, labels, title
from stackwright.report.diff.markdown import sections
from stackwright.report.diff.markdown.previewed import previewed_section
from stackwright.report.diff.parts import CHECK_BYTES, SUMMARY_BYTES, parts
from stackwright.report.diff.sections import Section
from stackwright_cli.forge import marker, outdated
from stackwright_cli.forge.marker import Run
from stackwright_cli.forge.protocol import Check, Conclusion

CHECK = "Stackwright"
"""Name of the check; that of a blueprint with another name or in a folder tells which."""


@dataclass(frozen=True, slots=True)
class Words:
    """A diff, and what the engine says of it, ready to be said to a reviewer."""

    diff: Diff
    previews: tuple[Previewed, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Tell whether nothing changes, and the engine agrees."""
        agrees = not any(one.differences for one in self.previews)
        return self.diff.empty and not self.diff.projects and agrees

    def comment(self, limit: int, *, alerts: bool) -> list[str]:
        """Return the parts of the comment.

        Args:
            limit: UTF-8 bytes that a message may have; the marker and a mark as outdated find
                room in it.
            alerts: Whether the forge shows `> [!WARNING]` as a box.
        """
        return parts(self._sections(alerts=alerts), limit - marker.LONGEST - outdated.LONGEST)

    def labels(self) -> tuple[str, ...]:
        """Return the labels that the pull request should have of ours."""
        return labels(self.diff)

    def label_changes(self, there: frozenset[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return which labels to add and which to remove; none but ours is removed."""
        wanted = self.labels()
        add = tuple(name for name in wanted if name not in there)
        return add, tuple(name for name in LABELS if name in there and name not in wanted)

    def check(self, run: Run, blueprint: str) -> Check:
        """Return the check at the commit; `blueprint` is what the run's key was made of."""
        return Check(
            name=CHECK if blueprint == BLUEPRINT_FILE else f"{CHECK} ({blueprint})",
            identity=f"{run.key}-{run.stamp}",
            title=title(self.diff),
            summary=self._whole(CHECK_BYTES),
            conclusion=self._conclusion(),
            annotations=annotate(self.diff),
        )

    def page(self) -> str:
        """Return the page of HTML; it holds what the plans say, not what the engine says."""
        return html(self.diff)

    def summary(self) -> str:
        """Return the summary of the job."""
        return self._whole(SUMMARY_BYTES)

    def _whole(self, limit: int) -> str:
        return parts(self._sections(alerts=True), limit, most=1)[0]

    def _conclusion(self) -> Conclusion:
        if self.diff.verdict.refused:
            return Conclusion.FAILURE
        return Conclusion.SUCCESS if self.is_nothing else Conclusion.NEUTRAL

    def _sections(self, *, alerts: bool) -> tuple[Section, ...]:
        first, *rest = sections(self.diff, alerts=alerts)
        engine = [previewed_section(self.previews)] if self.previews else []
        return (first, *engine, *rest)


def words(diff: Diff, streams: Sequence[PreviewStream]) -> Words:
    """Return what is to be said.

    Args:
        diff: What the plans say.
        streams: What the engine says, one for each environment that was previewed.

    Raises:
        InputError: A preview is of an environment that the diff does not have, or of one twice.
    """
    environments = {one.environment: one for one in diff.environments}
    found: dict[str, Previewed] = {}
    for stream in streams:
        name = stream.environment
        if name not in environments or name in found:
            why = "given twice" if name in found else "not in the diff"
            raise InputError([Problem(f"the previewed environment {shown(name)} is {why}.")])
        found[name] = previewed(environments[name], stream)
    return Words(diff, tuple(found.values()))
