from __future__ import annotations

import base64
import hashlib
import json
import re

from stackwright.report.page import Look, items, page, script_json, section, table

PLAIN = Look("stackwright.report", (), ())


def test_the_policy_allows_the_style_and_the_script_of_the_page_and_nothing_else() -> None:
    text = page("a title", ["<main></main>"], {}, PLAIN)
    for tag in ("style", "script"):
        found = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert found is not None
        digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in text
    assert "default-src 'none'" in text


def test_data_cannot_end_the_element_that_holds_it() -> None:
    data = {"name": "</script><script>alert(1)</script>&amp;<!--"}
    text = script_json(data)
    assert not set("<>&") & set(text)
    assert json.loads(text) == data


def test_texts_are_escaped_where_they_are_put_in() -> None:
    for made in (
        page("<b>", [], {}, PLAIN).partition("<style>")[0],
        items(["<b>"]),
        table(("<b>",), [("<b>",)]),
        section("id", "<b>", "<b>", "content"),
    ):
        assert "<b>" not in made
        assert "&lt;b&gt;" in made


def test_what_holds_nothing_is_left_out() -> None:
    assert section("id", "Title", "Sentence", "") == ""
    assert items([]) == ""
    assert table(("Key",), []) == ""
