"""What the engine says is one section of the comment: honest in words, and everything escaped."""

from __future__ import annotations

from tests.components.report.diff.reading import REFERENCE, read

from stackwright.diff.model import Risk
from stackwright.diff.preview.compared import PreviewDifference, Previewed
from stackwright.diff.preview.reasons import Reason
from stackwright.report.diff.markdown.previewed import previewed_section
from stackwright.report.diff.sections import render

DIFFERENCE = PreviewDifference(
    urn="urn:pulumi:prod::acme-foundation::aws:s3/bucket:Bucket::data",
    layer="foundation",
    tool="storage",
    reason=Reason.RULE,
    ours="update",
    engine="replace",
    properties=("objectLockEnabled",),
    sentence="The engine replaces it for objectLockEnabled; nobody had measured that.",
)


def test_where_the_engine_agrees_one_paragraph_says_so() -> None:
    agreed = Previewed("prod", refreshed=True, compared=31, counts={"create": 2})
    text = render(previewed_section([agreed]))
    assert "`prod` says the same of 31 resources. It would: 2 create." in text
    assert "|" not in text


def test_that_drift_cannot_be_seen_without_a_refresh_is_said() -> None:
    text = render(previewed_section([Previewed("prod", refreshed=False, compared=1)]))
    assert "did not look at what is really there" in text
    assert "It would change nothing." in text


def test_a_difference_is_a_row_and_the_word_of_the_engine_holds() -> None:
    found = Previewed("prod", True, 3, {"replace": 1}, (DIFFERENCE,))
    section = previewed_section([found])
    text = render(section)
    assert section.risk is Risk.REPLACEMENT
    assert "says otherwise of 1 resource; the engine's word holds." in text
    (row,) = [line for line in text.splitlines() if "`data`" in line]
    assert "| update | **replace** for `objectLockEnabled` | rule of ours: The engine" in row


def test_what_is_not_whole_is_said() -> None:
    found = Previewed("prod", True, 3, partial=("foundation",), missing=("platform",))
    text = render(previewed_section([found]))
    assert "It failed in `foundation`" in text
    assert "It was not asked about `platform`" in text


def test_hostile_texts_stay_text() -> None:
    hostile = PreviewDifference(
        urn="urn:pulumi:prod::acme::aws:s3/bucket:Bucket::a|b`</details>@everyone",
        layer="foundation",
        tool="",
        reason=Reason.STATE,
        ours="<script>",
        engine="**bold** @here",
        properties=("a|b\n| c",),
        sentence="](https://evil.example) <img src=x> | @team",
    )
    text = render(previewed_section([Previewed("prod", True, 1, {"x|y": 1}, (hostile,))]))
    page = read(text)
    assert page.unbalanced == []
    assert not {"script", "img", "details", "a"} & set(page.tags)
    assert page.tags.count("td") == 5
    assert not REFERENCE.search(page.live)
