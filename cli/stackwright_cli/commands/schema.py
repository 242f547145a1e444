"""Print the JSON Schema of a blueprint, for editors.

The schema is JSON Schema 2020-12. In an editor with a YAML language server, put
`# yaml-language-server: $schema=FILE` in the first line of the blueprint.
"""

from __future__ import annotations

from pathlib import Path

import click

from stackwright_cli import console


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write it to a file instead of standard output.",
)
def command(output: Path | None) -> None:
    """Print the JSON Schema (2020-12) of a blueprint, for editors.

    An editor with a YAML language server reads it when the first line of the blueprint is
    `# yaml-language-server: $schema=FILE`.
    """
    import json

    from stackwright.blueprint.schema import json_schema

    text = json.dumps(json_schema(), indent=2, ensure_ascii=False)
    if output is None:
        console.out(text)
    else:
        console.write_file(output, text + "\n")
        console.err(f"Wrote {output}.")
