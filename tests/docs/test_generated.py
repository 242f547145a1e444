"""The docs hold what the code says: generated files are current, links lead somewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator
from scripts.generate_docs.examples import ENVIRONMENTS, edited, plans
from scripts.generate_docs.pages import generated, problems, with_part
from scripts.generate_docs.pictures import changed_drawing, drawing, terminal
from scripts.generate_docs.tables import own_keys, shared_names, tool_keys, tools

from stackwright import catalog
from stackwright.blueprint.keys import keys
from stackwright.plan.graph import Plan
from stackwright.tool import KubernetesToolSettings, ReleaseSettings, ToolSettings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted(DOCS.rglob("*.md")),
]

LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
SVG = "{http://www.w3.org/2000/svg}"


@cache
def made() -> Mapping[str, str]:
    return generated(ROOT)


def example_plans() -> Mapping[str, Plan]:
    return plans(ROOT)


# Files


def test_every_generated_file_is_as_it_was_committed() -> None:
    old = [path for path, text in made().items() if (ROOT / path).read_text("utf-8") != text]
    assert old == [], "run `make docs`"


def test_no_file_is_left_of_something_that_is_gone() -> None:
    for folder in ("pictures", "reference"):
        there = {path.relative_to(ROOT).as_posix() for path in (DOCS / folder).iterdir()}
        assert there <= set(made())


def test_the_schema_of_a_plan_describes_the_examples() -> None:
    validator = Draft202012Validator(json.loads(made()["docs/reference/plan.schema.json"]))
    for plan in example_plans().values():
        validator.validate(json.loads(plan.to_json()))


# Parts of pages


def test_a_part_is_replaced_and_the_rest_is_kept() -> None:
    page = "before\n<!-- x:start -->\nold\n<!-- x:end -->\nafter\n"
    new = "before\n<!-- x:start -->\nnew \\1\n<!-- x:end -->\nafter\n"
    assert with_part(page, "x", "new \\1", "page.md") == new


@pytest.mark.parametrize("page", ["nothing\n", "<!-- x:start -->\n<!-- x:end -->\n" * 2])
def test_a_part_without_its_marks_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="<!-- x:start --> and <!-- x:end -->"):
        with_part(page, "x", "new", "page.md")


def test_a_page_whose_wrong_blueprint_is_right_is_refused() -> None:
    right = "cat > wrong.yaml <<'END'\napiVersion: stackwright/v1\nname: acme\nEND\n"
    assert "target" in problems(right)
    with pytest.raises(ValueError, match="writes no"):
        problems("nothing")


# Keys


def test_the_reference_names_every_key() -> None:
    page = made()["docs/reference/blueprint.md"]
    cells = set(re.findall(r"^\| `([^`]+)`", page, re.MULTILINE))
    tools_at = set(catalog.capabilities())
    names = {
        ".".join(key.path[1:]) if key.path[0] in tools_at else key.dotted
        for key in keys()
        if not (key.path[0] in tools_at and key.path[1:] in ((), ("kind",)))
    }
    assert sorted(names - cells) == []


def test_every_setting_of_a_tool_is_on_its_page_or_shared() -> None:
    for capability, tool in tools():
        own = {key.path[1] for key in own_keys(capability, tool)}
        every = {key.path[1] for key in tool_keys(capability, tool)}
        shared = {
            name
            for base in (ToolSettings, KubernetesToolSettings, ReleaseSettings)
            for name in shared_names(base)
        } | {"tags"}
        assert every - own <= shared, tool
        page = made()[f"docs/tools/{tool.kind_name()}.md"]
        assert all(f"`{name}" in page for name in every), tool


def test_a_table_row_has_as_many_cells_as_its_head() -> None:
    for path, text in made().items():
        if path.endswith(".md"):
            for rows in _tables(FENCE.sub("", text)):
                widths = {len(re.findall(r"(?<!\\)\|", row)) for row in rows}
                assert len(widths) == 1, (path, rows[0])


# Pictures


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_picture_has_a_box_for_each_tool_and_needs_no_other_file(name: str) -> None:
    plan = example_plans()[name]
    text = drawing(plan)
    root = ElementTree.fromstring(text)
    drawn = [group.get("data-tool") for group in root.iter(f"{SVG}g") if group.get("data-tool")]
    assert set(drawn) >= {tool.instance for tool in plan.tools}
    assert "prefers-color-scheme:dark" in text
    assert not re.search(r"url\((?!#)|href|@import|<script", text)


def test_the_drawing_of_an_edit_is_coloured_by_change_in_light_and_dark() -> None:
    text = changed_drawing(edited(ROOT))
    root = ElementTree.fromstring(text)
    styles = {name for group in root.iter(f"{SVG}g") for name in (group.get("class") or "").split()}
    assert {"new", "changed", "replaced", "untouched"} <= styles
    assert "prefers-color-scheme:dark" in text
    for state in ("new", "changed", "replaced"):
        assert re.search(rf"\.{state} ?\{{ ?--state:", text)


def test_every_colour_of_a_picture_is_defined() -> None:
    text = drawing(example_plans()["aws-starter"])
    used = set(re.findall(r"var\((--[a-z-]+)\)", text))
    assert used
    assert used <= set(re.findall(r"(--[a-z-]+):", text))


def test_the_terminal_shows_the_plan_in_order_and_inside_its_frame() -> None:
    plan = example_plans()["aws-starter"]
    root = ElementTree.fromstring(terminal(plan))
    lines = list(root.iter(f"{SVG}text"))
    assert (lines[0].text or "").startswith("$ stackwright plan -f examples/aws-starter/")
    assert any(f"{plan.counts().total()} resources" in (line.text or "") for line in lines)
    heights = [float(line.get("y", 0)) for line in lines]
    assert heights == sorted(heights)
    assert heights[-1] < float(root.get("height", 0))
    ends = [float(line.get("x", 0)) + float(line.get("textLength", 0)) for line in lines]
    assert max(ends) < float(root.get("width", 0))


# Pages


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    broken = [target for target in _links(page) if not _is_there(page, target)]
    assert broken == []


@pytest.mark.parametrize(
    "page", sorted(DOCS.glob("*.md")), ids=lambda page: page.relative_to(ROOT).as_posix()
)
def test_a_page_says_what_to_do_next(page: Path) -> None:
    assert re.search(r"\bNext: ", page.read_text(encoding="utf-8"))


def test_the_index_leads_to_every_page() -> None:
    targets = set(_links(DOCS / "README.md"))
    pages = {page.name for page in DOCS.glob("*.md")} - {"README.md"}
    assert pages <= targets


def _links(page: Path) -> Iterator[str]:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for found in LINK.finditer(text):
        if not found["target"].startswith(("http://", "https://")):
            yield found["target"]


def _is_there(page: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    if not file.exists():
        return False
    return not anchor or anchor in _anchors(file)


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", text).strip().lower().replace(" ", "-") for text in headings}


def _tables(text: str) -> Iterator[list[str]]:
    rows: list[str] = []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            rows.append(line)
        elif rows:
            yield rows
            rows = []
