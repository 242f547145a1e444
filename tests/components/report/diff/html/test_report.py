from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from tests.components.report.diff.html.sample_resources import HOSTILE
from tests.components.report.diff.html.samples import sample, sized
from tests.components.report.diff.html.strangers import hostile_sample
from tests.components.report.html_reader import ADDRESSES, Page, words

from stackwright.diff.codec import from_json, to_json
from stackwright.diff.model import Presence, Verdict
from stackwright.errors import InputError
from stackwright.report.diff.html import html


def shown_values(data: dict[str, Any]) -> Iterator[tuple[str, str, Any, Any]]:
    """Yield URN, path, old and new value of every property that the page holds."""
    values = data["values"]
    for tool in data["tools"]:
        for row in tool["rows"]:
            for variant in row["variants"]:
                urns = dict(zip(variant["in"], variant["urns"], strict=True))
                for entry in variant["properties"] + variant["options"]:
                    path, before, after, rest = (values[place] for place in entry)
                    for place in rest["in"]:
                        yield urns[place], path, before, after


def without_stacks(value: Any) -> str:
    return re.sub(r"urn:pulumi:\w+::", "urn:", json.dumps(value, sort_keys=True))


def test_every_change_is_on_the_page() -> None:
    diff = sample()
    assert sorted(
        (urn, path, without_stacks([before, after]))
        for urn, path, before, after in shown_values(json.loads(Page(html(diff)).data))
    ) == sorted(
        (change.urn, one.path, without_stacks([one.before, one.after]))
        for _, change in diff.changes()
        for one in (*change.properties, *change.options)
    )


def test_a_change_without_properties_is_on_the_page() -> None:
    data = json.loads(Page(html(sample())).data)
    rows = [row for tool in data["tools"] for row in tool["rows"]]
    urns = {urn for row in rows for variant in row["variants"] for urn in variant["urns"]}
    assert urns == {change.urn for _, change in sample().changes()}


def test_what_a_reviewer_must_see_needs_no_script() -> None:
    shown = words(html(sample()).partition('<script type="application/json"')[0])
    for said in (
        "Refused",
        "2 resources with data would be lost",
        "Take a snapshot of the database now and copy it with encryption.",
        "allow_replacement of the blueprint does not name it",
        "It reads storage.archive, which this change removes.",
        "blueprint.yaml:52",
        "61 more resources replaced with it",
        "The model server may now do everything on every bucket.",
        "No model answers from the deletion of the cluster until its pods start again.",
        "Running On-Demand G and VT instances",
        "1 change, loses data",
        "The sides pin different versions",
    ):
        assert said in shown, said


def test_each_environment_says_its_own_risks_and_counts() -> None:
    text = html(sample())
    cards = re.findall(r'<article class="environment.*?</article>', text, re.DOTALL)
    told = [words(card) for card in cards]
    assert len(told) == 3
    assert told[0].startswith("dev")
    assert "data loss" not in told[0]
    assert "2 data losses , 1 broken project , 1 interruption" in told[2]
    assert "63 replaced" in told[2]


def test_the_drawing_says_in_words_and_signs_what_its_colours_say() -> None:
    drawn = re.findall(r'<g class="tool[^"]*\b(?:new|replaced|loses)\b.*?</g>', html(sample()))
    assert drawn
    for box in drawn:
        assert re.search(r'class="tool-mark"[^>]*>[+\u00b1!]<', box)
        assert re.search(r'class="tool-size"[^>]*>[^<]*(new|replaced|loses data)', box)


def test_the_tip_of_an_arrow_is_that_of_its_own_drawing() -> None:
    for number, drawn in enumerate(re.findall(r"<svg viewBox.*?</svg>", html(sample()))):
        assert set(re.findall(r'url\(#(\w+)\)|id="(\w+)"', drawn)) == {
            (f"arrow{number}", ""),
            ("", f"arrow{number}"),
        }


def test_environments_that_change_alike_share_a_drawing() -> None:
    drawn = html(sample())
    assert drawn.count("<svg viewBox") == 2
    assert drawn.index("<summary>prod</summary>") < drawn.index("<summary>dev, staging</summary>")


def test_no_two_parts_of_the_page_have_the_same_identifier() -> None:
    names = [one["id"] for _, one in Page(html(sample())).elements if "id" in one]
    assert len(names) == len(set(names))


def test_an_empty_diff_says_so() -> None:
    quiet = replace(
        sample(),
        verdict=Verdict(None, "Nothing would change.", {}, False),
        environments=(),
        causes=(),
        matrix=(),
        projects=(),
        notes=(),
    )
    assert "Nothing would change." in Page(html(quiet)).words


def test_an_environment_of_one_side_says_so() -> None:
    diff = sample()
    gone = replace(diff.environments[0], presence=Presence.REMOVED)
    assert "dev removed aws" in words(html(replace(diff, environments=(gone,))))


def test_nothing_in_a_diff_is_read_as_markup() -> None:
    page = Page(html(hostile_sample()))
    tags = [tag for tag, _ in page.elements]
    assert tags.count("script") == 2
    assert "img" not in tags
    assert not [name for _, attributes in page.elements for name in attributes if name[:2] == "on"]
    assert HOSTILE.split("\u202e")[0] in page.words
    assert "\u202e" not in page.words


def test_the_page_needs_no_network() -> None:
    page = Page(html(sample()))
    for tag, attributes in page.elements:
        for name in ADDRESSES:
            assert (attributes.get(name) or "#").startswith("#"), tag
    assert not re.search(r"@import|url\((?!#)", html(sample()))


def test_only_its_own_script_and_style_may_run() -> None:
    page = Page(html(sample()))
    policy = next(one["content"] for _, one in page.elements if "http-equiv" in one)
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_the_script_never_reads_data_as_markup() -> None:
    for name in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert name not in html(sample())


def test_a_page_of_2500_changes_stays_small() -> None:
    assert len(html(sized(2500))) < 800 * 2500
    assert len(Page(html(sized(2500))).elements) == len(Page(html(sized(250))).elements)


def test_equal_diffs_have_equal_pages() -> None:
    assert html(sample()) == html(from_json(to_json(sample()).encode(), "diff.json"))


DOCUMENT = json.loads(to_json(sample()))


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every value inside a JSON document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in inside:
        yield (*path, key)
        if isinstance(item, dict | list):
            yield from places(item, (*path, key))


ODD: st.SearchStrategy[Any] = st.sampled_from(
    ["", "::", "urn:pulumi:::", "\ud800\x00", 0, -1, 10**30, None, True, [], {}]
)


@given(st.sampled_from(list(places(DOCUMENT))), ODD)
@example(("environments", 2, "tools"), [])
@example(("environments", 2, "changes"), [])
@example(("environments", 2, "titles"), {})
def test_any_diff_that_is_read_has_a_page(path: tuple[str | int, ...], odd: Any) -> None:
    document = json.loads(json.dumps(DOCUMENT))
    holder = document
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = odd
    try:
        diff = from_json(json.dumps(document).encode(), "diff.json")
    except InputError:
        return
    assert html(diff).encode().endswith(b"</html>\n")
