from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.components.report.browser import CHROMIUM, Browser, browser
from tests.components.report.diff.html.sample_resources import CLUSTER, change, updated
from tests.components.report.diff.html.samples import environment, sample, sized
from tests.components.report.diff.html.strangers import STRANGE, hostile_sample, strange

from stackwright.diff.changes import Action
from stackwright.diff.model import Diff
from stackwright.plan.graph import symbol
from stackwright.report.diff.html import html

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH"),
]


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def show(tab: Browser, folder: Path, diff: Diff, fragment: str = "") -> None:
    page = folder / "diff.html"
    page.write_text(html(diff), encoding="utf-8")
    tab.complaints.clear()
    tab.requests.clear()
    tab.open(page, fragment)


def found(tab: Browser) -> str:
    return str(tab.evaluate("document.getElementById('found').textContent"))


def focused(tab: Browser) -> str:
    return str(tab.evaluate("document.activeElement.querySelector('.name')?.textContent"))


def test_nothing_in_a_diff_can_run(tab: Browser, tmp_path: Path) -> None:
    show(tab, tmp_path, hostile_sample())
    tab.evaluate("document.getElementById('open').click()")
    tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    tab.evaluate("new Promise((done) => setTimeout(done, 200))")
    assert tab.evaluate("document.title") != "ran"
    assert (
        tab.evaluate("document.querySelectorAll('img, body script ~ script ~ script').length") == 0
    )
    assert tab.evaluate("document.body.innerText.includes('onerror=')")
    assert tab.complaints == []


def test_it_asks_nothing_of_the_network(tab: Browser, tmp_path: Path) -> None:
    show(tab, tmp_path, sample())
    tab.evaluate("document.getElementById('open').click()")
    assert [address for address in tab.requests if not address.startswith("file:")] == []
    assert tab.complaints == []


def test_one_environment_hides_what_is_not_in_it(tab: Browser, tmp_path: Path) -> None:
    show(tab, tmp_path, sample(), "#environment=dev")
    visible = "[...document.querySelectorAll('section:not([hidden])')].map((one) => one.id)"
    assert "losses" not in tab.evaluate(visible)
    assert "causes" in tab.evaluate(visible)
    assert found(tab) == "7 of 71 resources"
    tab.evaluate("""document.querySelector('[name="environment"][value="2"]').click()""")
    assert "losses" in tab.evaluate(visible)
    assert found(tab) == "71 resources"


def test_one_of_many_environments_is_chosen_from_a_list(tab: Browser, tmp_path: Path) -> None:
    names = [f"team-{number}" for number in range(20)]
    many = replace(sample(), environments=tuple(map(environment, [*names, "prod"])))
    show(tab, tmp_path, many)
    tab.evaluate("document.querySelector('select[name=environment]').focus()")
    tab.press(*"team-19")
    cards = "[...document.querySelectorAll('.environment')].filter((one) => one.checkVisibility())"
    assert tab.evaluate(f"{cards}.map((one) => one.querySelector('h3').innerText)") == [
        "team-19\naws"
    ]
    assert found(tab) == "7 of 71 resources"


def test_search_action_risk_and_tool_narrow_the_resources(tab: Browser, tmp_path: Path) -> None:
    show(tab, tmp_path, sample(), "#search=storageEncrypted")
    assert found(tab) == "1 of 71 resources"
    show(tab, tmp_path, sample())
    tab.evaluate("""document.querySelector('#actions [data-name="delete"]').click()""")
    assert found(tab) == "1 of 71 resources"
    tab.evaluate("""document.querySelector('#actions [data-name="delete"]').click()""")
    tab.evaluate("""document.querySelector('#risks [data-name="data-loss"]').click()""")
    assert found(tab) == "2 of 71 resources"
    show(tab, tmp_path, sample())
    tab.evaluate("""document.querySelector('[data-filter-tool="features"]').click()""")
    assert found(tab) == "4 of 71 resources"


def test_a_finding_leads_to_its_resource(tab: Browser, tmp_path: Path) -> None:
    show(tab, tmp_path, sample())
    tab.evaluate("document.querySelector('#losses .resource-link').click()")
    assert focused(tab) == "database-server"
    text = tab.evaluate("document.activeElement.parentElement.innerText")
    for words in ("storageEncrypted", "forces replacement, measured", "db.m7g.large"):
        assert words in text


def test_the_lines_of_a_text_are_compared(tab: Browser, tmp_path: Path) -> None:
    key = "acme-ml-platform::kubernetes:apps/v1:Deployment::tracking-mlflow"
    show(tab, tmp_path, sample(), f"#resource={key}")
    lines = tab.evaluate(
        "[...document.querySelectorAll('.lines .line')].map((one) => one.textContent)"
    )
    assert lines == [
        " set -e",
        "\u2212export MODE=single",
        "+export MODE=many",
        " python -m migrate",
        "\u2212exec mlflow server --workers 2",
        "+exec mlflow server --workers 8",
    ]


def test_a_reference_to_something_else_in_the_same_words_is_not_empty(
    tab: Browser, tmp_path: Path
) -> None:
    subnets = [symbol("urn:pulumi:prod::p::aws:ec2/subnet:Subnet::private-a", "id")]
    cluster = change(
        "prod", "cluster", *CLUSTER[1:], Action.UPDATE, updated("subnetIds", subnets, list(subnets))
    )
    one = replace(environment("prod"), changes=(cluster,))
    show(tab, tmp_path, replace(sample(), environments=(one,)))
    tab.evaluate("document.querySelector('.resource').open = true")
    tab.evaluate("new Promise((done) => setTimeout(done, 50))")
    text = tab.evaluate("document.querySelector('.property').textContent")
    assert "output id of private-a" in text
    assert "The same reference; what it refers to changes." in text


def test_any_value_can_be_shown(tab: Browser, tmp_path: Path) -> None:
    show(tab, tmp_path, strange())
    tab.evaluate("document.getElementById('open').click()")
    tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    tab.evaluate("new Promise((done) => setTimeout(done, 100))")
    shown = tab.evaluate("document.querySelectorAll('.resource .property').length")
    assert shown == 2 * len(STRANGE)
    assert tab.complaints == []


def test_the_keyboard_alone_reaches_everything(tab: Browser, tmp_path: Path) -> None:
    show(tab, tmp_path, sample())
    tab.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.press("/", *"storage-archive")
    assert tab.evaluate("document.activeElement.id") == "search"
    assert found(tab) == "1 of 71 resources"
    tab.press("Escape")
    assert found(tab) == "71 resources"
    tab.evaluate("document.querySelector('details.part > summary').focus()")
    tab.press("ArrowRight")
    tab.press("ArrowDown")
    assert focused(tab) == "database-server"
    tab.press("Enter")
    tab.evaluate("new Promise(requestAnimationFrame)")
    assert "storageEncrypted" in tab.evaluate("document.activeElement.parentElement.innerText")
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert tab.evaluate(outline) == "solid"


@pytest.mark.parametrize("count", [250, 2500])
def test_it_is_ready_soon(tab: Browser, tmp_path: Path, count: int) -> None:
    show(tab, tmp_path, sized(count))
    took = tab.evaluate("performance.getEntriesByType('navigation')[0].domInteractive")
    assert took < 2000
    opened = tab.evaluate(
        "(() => { const start = performance.now(); document.getElementById('open').click();"
        " document.body.getBoundingClientRect(); return performance.now() - start; })()"
    )
    assert opened < 4000
    assert found(tab) == f"{count:,} resources"
