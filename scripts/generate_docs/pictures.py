"""Pictures of the examples' plans, as SVG files that are read in light and in dark."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from importlib.resources import files

from stackwright.diff.model import EnvironmentDiff
from stackwright.plan.graph import Plan
from stackwright.report.diagram import diagram
from stackwright.report.diff.html.picture import picture
from stackwright.report.text import text

TERMINAL = "aws-starter"
"""Example that is shown as a terminal."""

_LINES = 42
"""Lines of the plan that the terminal shows."""

_RULE = re.compile(r"([^{}@]+)\{([^{}]*)\}")

_STYLES = ("svg text", ".band", ".group", ".box", ".base", ".assumed", ".tool", ".line", ".tip")
"""Begin of the selectors of the page's style that a drawing needs."""

_CHANGED = (".new", ".changed", ".replaced", ".deleted", ".untouched", ".loses", ".pictured .")
"""Those that a drawing coloured by change needs as well."""

_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'

_COLUMN, _ROW, _PAD, _BAR = 7.9, 19, 20, 38
"""Sizes of the terminal in pixels: a character, a line, the margin and the title's bar."""


def pictures(plans: Mapping[str, Plan], edited: EnvironmentDiff) -> dict[str, str]:
    """Return path -> text of every picture.

    Args:
        plans: The plan of each example by its name.
        edited: What an edit of an example would change.
    """
    drawn = {f"docs/pictures/{name}.svg": drawing(plan) for name, plan in plans.items()}
    return {
        **drawn,
        "docs/pictures/diff.svg": changed_drawing(edited),
        "docs/pictures/terminal.svg": terminal(plans[TERMINAL]),
    }


def drawing(plan: Plan) -> str:
    """Return the plan's diagram as a file of its own."""
    return _file(diagram(plan), _style("page.css", _STYLES))


def changed_drawing(diff: EnvironmentDiff) -> str:
    """Return the diagram that is coloured by change as a file of its own."""
    own = _style("diff/html/diff.css", (*_CHANGED, *_STYLES))
    svg = picture(diff).replace("<svg ", '<svg class="pictured" ', 1)
    return _file(svg, _style("page.css", _STYLES) + own)


def _file(svg: str, style: str) -> str:
    opening, _, rest = svg.partition(">")
    ground = '<rect class="ground" x="-100%" y="-100%" width="300%" height="300%"/>'
    return f'{opening} xmlns="http://www.w3.org/2000/svg"><style>{style}</style>{ground}{rest}\n'


def terminal(plan: Plan) -> str:
    """Return what a terminal shows of a plan: as many lines as fit a window."""
    shown = text(plan).splitlines()[:_LINES]
    command = f"$ stackwright plan -f examples/{TERMINAL}/blueprint.yaml -e {plan.environment}"
    return _screen([command, *shown, "..."], f"{plan.name}: stackwright plan")


def _style(name: str, selectors: tuple[str, ...]) -> str:
    page = files("stackwright.report").joinpath(name).read_text(encoding="utf-8")
    rules = [(selector.strip(), body.strip()) for selector, body in _RULE.findall(page)]
    light = next(body for selector, body in rules if selector == ":root")
    dark = next(body for selector, body in rules if selector == ':root[data-theme="dark"]')
    used = [f"{selector}{{{body}}}" for selector, body in rules if selector.startswith(selectors)]
    return "".join(
        (
            f":root{{{light};font-family:{_FONT}}}",
            f"@media (prefers-color-scheme:dark){{:root{{{dark}}}}}",
            ".ground{fill:var(--ground)}",
            *used,
        )
    ).replace("\n", " ")


def _screen(lines: list[str], title: str) -> str:
    width = max(len(line) for line in lines) * _COLUMN + 2 * _PAD
    height = len(lines) * _ROW + _BAR + 2 * _PAD
    rows = "".join(
        _line(line, _BAR + _PAD + (index + 0.7) * _ROW)
        for index, line in enumerate(lines)
        if line.strip()
    )
    dots = "".join(f'<circle cx="{20 + 18 * i}" cy="{_BAR / 2:g}" r="5.5"/>' for i in range(3))
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" role="img" '
        f'aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg">'
        f"<style>{_SCREEN_STYLE}</style>"
        f'<rect class="screen" x="0.5" y="0.5" width="{width - 1:g}" height="{height - 1:g}" '
        f'rx="10"/><g class="dots">{dots}</g>{rows}</svg>\n'
    )


def _line(line: str, y: float) -> str:
    words = line.lstrip()
    indent = len(line) - len(words)
    style = "command" if line.startswith("$ ") else "head" if not indent else "fact"
    style = "tool" if indent == 4 else style
    x, length = _PAD + indent * _COLUMN, len(words) * _COLUMN
    return (
        f'<text class="{style}" x="{x:g}" y="{y:g}" textLength="{length:g}" '
        f'xml:space="preserve">{escape(words)}</text>'
    )


_SCREEN_STYLE = (
    "text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;"
    "fill:#3b4260}.screen{fill:#fbfbfe;stroke:#dfe3ee}.dots{fill:#d3d8e6}"
    ".command{fill:#4b45d6;font-weight:600}.head{fill:#171b2d;font-weight:600}.tool{fill:#0b7a55}"
    "@media (prefers-color-scheme:dark){text{fill:#b6bdd4}.screen{fill:#11141f;stroke:#2b3147}"
    ".dots{fill:#2b3147}.command{fill:#a5a0ff}.head{fill:#e8ebf5}.tool{fill:#5fd6a7}}"
)
