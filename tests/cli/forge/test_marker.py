"""The hidden line by which a comment of ours is found again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackwright_cli.forge.marker import LONGEST, Run, key_of, read, same, signed

COMMITS = st.from_regex(r"[0-9a-f]{40}|[0-9a-f]{64}", fullmatch=True)


@given(
    blueprint=st.text(),
    head=st.one_of(COMMITS, st.text()),
    stamp=st.integers(min_value=0, max_value=10**18),
    part=st.integers(min_value=1, max_value=9999),
    text=st.text(),
)
def test_what_is_signed_is_read_again_whatever_it_says(
    blueprint: str, head: str, stamp: int, part: int, text: str
) -> None:
    body = signed(Run(key_of(blueprint), head, stamp), part, text)
    first, _, rest = body.partition("\n")
    assert len(first) < LONGEST
    assert first.count("-->") == first.count("<!--") == 1
    assert rest == text
    found = read(body)
    assert found is not None
    marker, below = found
    assert (marker.key, marker.part, marker.stamp) == (key_of(blueprint), part, stamp)
    assert below == text


@pytest.mark.parametrize("head", ["--><script>", "A" * 40, "main", "", "a" * 40 + "\n-->"])
def test_what_is_no_commit_is_not_written_into_the_marker(head: str) -> None:
    body = signed(Run(key_of("blueprint.yaml"), head), 1, "text")
    assert " head=none " in body
    assert "script" not in body


def test_a_marker_counts_at_the_very_beginning_only() -> None:
    body = signed(Run(key_of("blueprint.yaml"), "a" * 40), 1, "text")
    assert read(f"> {body}") is None
    assert read(f"I quote:\n{body}") is None
    assert read(body.replace("v1", "v2")) is None


def test_line_ends_and_blanks_around_a_text_make_no_difference() -> None:
    assert same("a\r\nb\r\n\r\n") == same("a\nb")
    assert same("a\nb") != same("a b")


def test_two_blueprints_have_two_keys() -> None:
    assert key_of("one/blueprint.yaml") != key_of("two/blueprint.yaml")


def test_only_the_first_part_is_marked_as_outdated() -> None:
    run = Run(key_of("blueprint.yaml"), "a" * 40, 1, outdated=True)
    markers = [found[0] for part in (1, 2) if (found := read(signed(run, part, "text")))]
    assert [marker.outdated for marker in markers] == [True, False]
