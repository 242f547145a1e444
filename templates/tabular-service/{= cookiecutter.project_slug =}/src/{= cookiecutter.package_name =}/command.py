"""The command line: a root group whose commands are the files of `commands/`.

A command is a module with an attribute `command`. Its file name is its name (`_` becomes `-`) and
the first line of its docstring is its help. That line is read without importing the module, so
that help stays fast.
"""

from __future__ import annotations

import ast
import difflib
import importlib
import os
import sys
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import PROJECT, console
from .errors import AnswerNo, InputError, ProjectError

if TYPE_CHECKING:
    from .project import Project

INTERRUPTED = 130
"""The exit code of a command stopped by Ctrl-C: 128 plus the number of SIGINT, as in a shell."""


class CommandFolder(click.Group):
    """A group whose commands are the modules of one folder, found by looking."""

    folder = Path(__file__).parent / "commands"

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, sorted; a file that starts with `_` is no command."""
        return sorted(file.stem.replace("_", "-") for file in self.folder.glob("[!_]*.py"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command; None when there is no such command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        name = f"{__package__}.commands.{cmd_name.replace('-', '_')}"
        command: click.Command = importlib.import_module(name).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was asked for; an unknown one names the nearest known."""
        name, known = args[0], self.list_commands(ctx)
        if name not in known and not name.startswith("-"):
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            ctx.fail(f"no command is called '{name}'.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one line per command without importing any."""
        rows = [(name, self.help_line(name)) for name in self.list_commands(ctx)]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)

    def help_line(self, name: str) -> str:
        """Return the first line of the docstring of the command's module."""
        file = self.folder / f"{name.replace('-', '_')}.py"
        docstring = ast.get_docstring(ast.parse(file.read_bytes())) or ""
        return docstring.partition("\n")[0]


class ProjectWhenUsed:
    """Stands for the project until a command first uses it, so that help needs no project."""

    def __init__(self, environment: str) -> None:
        self._name = environment

    @cached_property
    def _project(self) -> Project:
        from .project import open_project

        return open_project(self._name)

    def __getattr__(self, name: str) -> Any:
        """Return what the project has by that name."""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._project, name)


@click.group(
    cls=CommandFolder,
    name=PROJECT,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="Train, serve and watch a model of tabular data.",
)
@click.version_option(package_name=PROJECT, prog_name=PROJECT)
@click.option(
    "-e",
    "--environment",
    envvar="PROJECT_ENVIRONMENT",
    default="local",
    show_default=True,
    help="Where to work: `local`, or a name that wiring/ has a file for.",
)
@click.pass_context
def root(context: click.Context, environment: str) -> None:
    """Keep which environment was asked for."""
    context.obj = ProjectWhenUsed(environment)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; failures become words on standard error.

    `arguments` are those of the command line when not given. Exit codes: 0 done, 1 it failed,
    2 the input is wrong, 3 done and the answer is no, 130 stopped by the person. The variable
    PROJECT_TRACEBACK=1 shows where a failure came from.
    """
    if os.environ.get("PROJECT_TRACEBACK") == "1":
        return _run(arguments)
    try:
        return _run(arguments)
    except ProjectError as error:
        _explain(error)
        return error.exit_code
    except BrokenPipeError:
        # Nobody reads any more: without this Python complains once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        console.err(f"error: {error.filename or 'system'}: {error.strerror or error}")
        return 1


def _run(arguments: Sequence[str] | None) -> int:
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        result = root.main(given or ["--help"], prog_name=PROJECT, standalone_mode=False)
    except click.ClickException as error:
        console.err(f"error: {error.format_message()}")
        context = getattr(error, "ctx", None)
        if context is not None:
            console.err(f"See '{context.command_path} --help'.")
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        console.err("Stopped.")
        return INTERRUPTED
    return result if isinstance(result, int) else 0


def _explain(error: ProjectError) -> None:
    """Write what is wrong: every problem on a line of its own."""
    if isinstance(error, AnswerNo):
        console.err(f"no: {error}")
        return
    problems = error.problems if isinstance(error, InputError) else (str(error),)
    for problem in problems:
        console.err(f"error: {problem}")
