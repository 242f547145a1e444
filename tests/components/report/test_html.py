from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from tests.components.report.browser import CHROMIUM, FLAGS
from tests.components.report.html_reader import ADDRESSES, Page

from stackwright.plan.graph import Plan
from stackwright.report.html import html


def test_the_page_asks_nothing_of_the_network(sample: Plan) -> None:
    page = Page(html(sample))
    for _, attributes in page.elements:
        for name in ADDRESSES:
            assert (attributes.get(name) or "#").startswith("#")
    assert not re.search(r"@import|url\(\s*['\"]?(?!#)", re.sub(r"url\(#\w+\)", "", html(sample)))


def test_only_its_own_script_and_style_may_run(sample: Plan) -> None:
    policy = next(a["content"] for _, a in Page(html(sample)).elements if "http-equiv" in a)
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_hostile_names_stay_data(sample: Plan, hostile: str) -> None:
    text = html(sample)
    assert hostile not in text
    assert [tag for tag, _ in Page(text).elements].count("script") == 2


def test_the_data_hold_every_resource(large: Plan) -> None:
    data = json.loads(Page(html(large)).data)
    shown = [resource["urn"] for tool in data["tools"] for resource in tool["resources"]]
    assert shown == [resource.urn for _, resource in large.resources()]


def test_a_user_without_scripts_still_reads_wiring_and_assumptions(sample: Plan) -> None:
    static = html(sample).partition('<script type="application/json"')[0]
    for words in (
        "s3://[output bucket of storage-data]/data",
        "no account was given",
        "<noscript>",
    ):
        assert words in static


def test_examples_are_announced_at_the_top(sample: Plan, tiny: Plan) -> None:
    assert "1 example value." in html(sample)
    assert 'class="banner"' not in html(tiny)


def test_the_script_never_reads_data_as_markup(sample: Plan) -> None:
    for name in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert name not in html(sample)


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH")
class TestInABrowser:
    def dump(self, plan: Plan, folder: Path, fragment: str = "") -> str:
        page = folder / "plan.html"
        page.write_text(html(plan), encoding="utf-8")
        done = subprocess.run(
            [
                str(CHROMIUM),
                *FLAGS,
                "--enable-logging=stderr",
                f"--user-data-dir={folder / 'profile'}",
                "--dump-dom",
                f"{page.as_uri()}{fragment}",
            ],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        assert "CONSOLE" not in done.stderr
        return done.stdout

    def test_the_scripts_run_and_show_hostile_names_as_text(
        self, sample: Plan, tmp_path: Path
    ) -> None:
        shown = self.dump(sample, tmp_path)
        assert 'data-ready="true"' in shown
        assert r"&lt;script&gt;alert(1)&lt;/script&gt;|`@everyone`\u001b[31m\u202e" in shown
        resources = shown.count('<details class="resource"')
        assert resources == sum(r.type != "pulumi:pulumi:Stack" for _, r in sample.resources())

    def test_a_search_hides_what_does_not_match_and_opens_the_rest(
        self, sample: Plan, tmp_path: Path
    ) -> None:
        shown = self.dump(sample, tmp_path, "#search=nodegroup&theme=dark")
        assert ">1 found<" in shown
        assert re.findall(r'<details class="part" data-tool="(\w+)" open="">', shown) == ["cluster"]
        assert 'data-theme="dark"' in shown
