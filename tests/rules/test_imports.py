"""Which part may import which: one rule per forbidden arrow.

A rule reads the source with `ast` and returns one line per offence. Each rule is tested twice: it
finds nothing in this repository, and it finds the offence in a small tree planted for it.
Imports for type checkers only are no arrows: they load nothing.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LIBRARY = "stackwright"
COMMAND = "stackwright_cli"

WITHOUT_PULUMI = (
    "allowances",
    "blueprint",
    "catalog",
    "claims",
    "diff",
    "environment",
    "errors",
    "naming",
    "plan.graph",
    "report",
    "secret_reference",
    "wiring",
)
"""Modules and packages of the library that must be usable where no Pulumi is installed."""

HEAVY = (
    "cookiecutter",
    "httpx",
    "jinja2",
    "pulumi",
    "pulumi_aws",
    "pulumi_kubernetes",
    "pydantic",
    "rich",
)


@dataclass(frozen=True)
class Tree:
    """The modules below `components` and `cli` of one checkout, and what each imports."""

    root: Path

    @cached_property
    def files(self) -> dict[str, Path]:
        """Every module by its dotted name."""
        found = {}
        for source_root in (self.root / "components", self.root / "cli"):
            for file in sorted(source_root.rglob("*.py")):
                parts = file.relative_to(source_root).with_suffix("").parts
                name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
                found[name] = file
        return found

    @cached_property
    def imports(self) -> dict[str, list[str]]:
        """What each module names in its imports, anywhere in the file, as dotted names."""
        return {name: list(self._imports_of(name)) for name in self.files}

    @cached_property
    def tools(self) -> list[str]:
        """The dotted name of every tool folder: capability and tool, with a `settings.py`."""
        below = self.root / "components" / LIBRARY
        return [
            ".".join((LIBRARY, *file.parent.relative_to(below).parts))
            for file in sorted(below.glob("*/*/settings.py"))
        ]

    def tool_of(self, module: str) -> str:
        """Return the tool folder that a module is in; empty when it is in none."""
        return next((tool for tool in self.tools if is_in(module, tool)), "")

    def chain(self, start: str, forbidden: Callable[[str], bool]) -> list[str]:
        """Return the shortest chain of imports from a module to a forbidden one; else empty."""
        chains, seen = [[start]], {start}
        for chain in chains:
            for imported in self._reached(chain[-1]):
                if forbidden(imported):
                    return [*chain, imported]
                if imported not in seen:
                    seen.add(imported)
                    chains.append([*chain, imported])
        return []

    def _reached(self, module: str) -> Iterator[str]:
        """Yield what importing a module runs: its imports, and the packages around each."""
        for name in (module, *self.imports.get(module, [])):
            parts = name.split(".")
            yield from (".".join(parts[:count]) for count in range(1, len(parts) + 1))

    def _imports_of(self, name: str) -> Iterator[str]:
        package = name if self.files[name].name == "__init__.py" else name.rpartition(".")[0]
        for node in statements(ast.parse(self.files[name].read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*(above if node.level else []), *filter(None, [node.module])])
                for alias in (alias for alias in node.names if alias.name != "__version__"):
                    full = f"{base}.{alias.name}"
                    yield full if full in self.files else base


def statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield every node that can run: the body of `if TYPE_CHECKING:` cannot."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for other in node.orelse:
                yield other
                yield from statements(other)
            continue
        yield node
        yield from statements(node)


def is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def is_pulumi(module: str) -> bool:
    return module.partition(".")[0] in {"pulumi", "pulumi_aws", "pulumi_kubernetes"}


def library_imports_command(tree: Tree) -> list[str]:
    return [
        f"{module} imports {imported}"
        for module, names in tree.imports.items()
        for imported in names
        if not is_in(module, COMMAND) and is_in(imported, COMMAND)
    ]


def tool_imports_other_tool(tree: Tree) -> list[str]:
    return [
        f"{module} imports {imported}"
        for module, names in tree.imports.items()
        for imported in names
        if tree.tool_of(module) and tree.tool_of(imported) not in ("", tree.tool_of(module))
    ]


def tool_is_imported_from_outside(tree: Tree) -> list[str]:
    return [
        f"{module} imports {imported}"
        for module, names in tree.imports.items()
        for imported in names
        if not tree.tool_of(module) and tree.tool_of(imported)
    ]


def pulumi_is_reached(tree: Tree) -> list[str]:
    light = tuple(f"{LIBRARY}.{name}" for name in WITHOUT_PULUMI)
    settings = {f"{tool}.settings" for tool in tree.tools}
    starts = [
        name
        for name in tree.files
        if name in settings or any(is_in(name, package) for package in light)
    ]
    chains = (tree.chain(start, is_pulumi) for start in starts)
    return [" imports ".join(chain) for chain in chains if chain]


def library_uses_its_own_front_door(tree: Tree) -> list[str]:
    """Names of the package itself load lazily, so such an import would hide an arrow."""
    return [
        f"{module} imports from {LIBRARY}"
        for module, names in tree.imports.items()
        if is_in(module, LIBRARY) and LIBRARY in names
    ]


def cookiecutter_is_imported(tree: Tree) -> list[str]:
    """Its renderer runs what stands in a template; ours reads its format and runs nothing."""
    return [
        f"{module} imports {imported}"
        for module, names in tree.imports.items()
        for imported in names
        if is_in(imported, "cookiecutter")
    ]


RULES: list[tuple[Callable[[Tree], list[str]], dict[str, str], str]] = [
    (
        library_imports_command,
        {"components/stackwright/naming.py": "def name():\n    import stackwright_cli.console\n"},
        "stackwright.naming imports stackwright_cli.console",
    ),
    (
        tool_imports_other_tool,
        {
            "components/stackwright/storage/s3/settings.py": "",
            "components/stackwright/tracking/mlflow/settings.py": "",
            "components/stackwright/tracking/mlflow/component.py": (
                "from stackwright.storage.s3 import settings\n"
            ),
        },
        "stackwright.tracking.mlflow.component imports stackwright.storage.s3.settings",
    ),
    (
        tool_is_imported_from_outside,
        {
            "components/stackwright/storage/s3/settings.py": "",
            "components/stackwright/program.py": "from .storage.s3.settings import S3\n",
        },
        "stackwright.program imports stackwright.storage.s3.settings",
    ),
    (
        pulumi_is_reached,
        {"components/stackwright/plan/graph.py": "from pulumi import Output\n"},
        "stackwright.plan.graph imports pulumi",
    ),
    (
        pulumi_is_reached,
        {
            "components/stackwright/storage/s3/settings.py": "from stackwright.helper import x\n",
            "components/stackwright/helper.py": "def x():\n    import pulumi_aws.s3\n",
        },
        "stackwright.storage.s3.settings imports stackwright.helper imports pulumi_aws",
    ),
    (
        pulumi_is_reached,
        {
            "components/stackwright/report/__init__.py": "import pulumi_kubernetes\n",
            "components/stackwright/report/text.py": "",
        },
        "stackwright.report.text imports stackwright.report imports pulumi_kubernetes",
    ),
    (
        library_uses_its_own_front_door,
        {
            "components/stackwright/__init__.py": "",
            "components/stackwright/wiring.py": "from stackwright import Blueprint\n",
        },
        "stackwright.wiring imports from stackwright",
    ),
    (
        cookiecutter_is_imported,
        {
            "cli/stackwright_cli/projects/renderer.py": (
                "def render():\n    from cookiecutter.generate import generate_files\n"
            ),
        },
        "stackwright_cli.projects.renderer imports cookiecutter.generate",
    ),
]


@pytest.mark.parametrize("rule", list(dict.fromkeys(rule for rule, _, _ in RULES)))
def test_no_forbidden_arrow_is_in_the_sources(rule: Callable[[Tree], list[str]]) -> None:
    assert rule(Tree(ROOT)) == []


@pytest.mark.parametrize(("rule", "planted", "offence"), RULES)
def test_a_planted_arrow_is_found(
    rule: Callable[[Tree], list[str]], planted: dict[str, str], offence: str, tmp_path: Path
) -> None:
    plant(tmp_path, planted)
    assert offence in rule(Tree(tmp_path))


def test_an_import_for_type_checkers_is_no_arrow(tmp_path: Path) -> None:
    source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pulumi\n"
    plant(tmp_path, {"components/stackwright/naming.py": source})
    assert pulumi_is_reached(Tree(tmp_path)) == []


def test_every_module_that_must_do_without_pulumi_exists() -> None:
    modules = Tree(ROOT).files
    missing = [name for name in WITHOUT_PULUMI if f"{LIBRARY}.{name}" not in modules]
    assert missing == []


def test_the_rules_see_the_tools_of_the_repository() -> None:
    assert "stackwright.storage.s3" in Tree(ROOT).tools


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["no-such-command"], ["new", "--help"], ["template", "--help"]],
)
def test_the_command_starts_without_heavy_packages(arguments: list[str]) -> None:
    loaded = modules_after(f"from stackwright_cli import main; main({arguments!r})")
    assert loaded.isdisjoint(HEAVY)
    assert "yaml" not in loaded


def test_importing_the_library_loads_no_other_package() -> None:
    loaded = modules_after("import stackwright")
    assert loaded.isdisjoint({*HEAVY, "click", "yaml"})


def test_a_heavy_package_loaded_at_start_is_seen() -> None:
    assert "jinja2" in modules_after("import jinja2, stackwright_cli")


def modules_after(program: str) -> set[str]:
    """Return the top-level modules that a new interpreter has loaded after a program."""
    last = "import sys; print('\\nloaded', *sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\n{last}"], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split()[1:])


def plant(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
