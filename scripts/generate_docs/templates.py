"""What the docs say about the templates of projects, from the templates themselves."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.generate_docs.tables import code, table

from stackwright_cli.assets import asset_folder
from stackwright_cli.projects.description import described
from stackwright_cli.projects.template import Template, find_template, template_names


def templates_section() -> str:
    """Return every template with its questions and the wiring that its projects use."""
    folder = asset_folder("templates")
    found = (find_template(name, folder) for name in template_names(folder))
    return "\n\n".join(block for template in found for block in _blocks(template))


def _blocks(template: Template) -> Iterator[str]:
    told = described(template)
    yield f"### {template.name} {template.manifest.version}"
    yield template.manifest.summary
    yield table(
        ("Question", "What it asks", "Allowed", "Default"),
        (
            (
                code(question["key"]),
                question["prompt"],
                question["allowed"],
                code(str(question["default"])),
            )
            for question in told["questions"]
        ),
    )
    wiring = template.manifest.wiring.items()
    keys = [(f"{tool}.{key}", need) for tool, needs in wiring for key, need in needs.items()]
    for wanted, words in (("required", "It needs"), ("optional", "It uses, where there are such")):
        yield f"{words}: {', '.join(code(key) for key, need in keys if need == wanted)}."
