"""The command `stackwright`: a root group whose commands are the files of `commands/`.

A command is a module of `commands/` with an attribute `command`. Its file name is its name
(`_` becomes `-`), and the first line of its docstring is its help. That line is read without
importing the module, and a module is imported only when its command is asked for, so `--help`
costs no more than click itself.
"""

from __future__ import annotations

import ast
import difflib
import gc
import importlib
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from stackwright import __version__
from stackwright.errors import StackwrightError
from stackwright_cli import console

INTERRUPTED = 130
"""The exit code of a command stopped by Ctrl-C: 128 plus the number of SIGINT, as in a shell."""


class CommandFolder(click.Group):
    """A group whose commands are the modules of one package, found by looking."""

    def __init__(self, package: str, folder: Path, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self.package = package
        self.folder = folder

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, sorted; a file that starts with `_` is no command."""
        files = self.folder.glob("[!_]*.py")
        return sorted(file.stem.replace("_", "-") for file in files)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command; None when there is no such command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{self.package}.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
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


root = CommandFolder(
    package="stackwright_cli.commands",
    folder=Path(__file__).parent / "commands",
    name="stackwright",
    help="Plan an MLOps platform from one blueprint, with no account and no network.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
click.version_option(__version__, "-V", "--version", message="stackwright %(version)s")(root)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; every failure becomes words on standard error.

    `arguments` are those of the command line when not given. Exit codes: 0 done, 1 it failed,
    2 the input is wrong, 3 done and the answer is no, 130 stopped by the person.
    """
    console.prepare()
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        code = run(given or ["--help"])
        console.flush()
    except BrokenPipeError:
        console.forget_standard_output()
        return 1
    return code


def command_line() -> NoReturn:
    """Run the command that was typed, and end the process with its exit code."""
    # Most commands end before there is garbage worth collecting; others call `collect_from_now_on`.
    gc.disable()
    console.leave(main())


def run(arguments: list[str]) -> int:
    """Run one command and turn every exception into an exit code."""
    try:
        result = root.main(arguments, prog_name="stackwright", standalone_mode=False)
    except click.ClickException as error:
        return usage_error(error)
    except (KeyboardInterrupt, click.Abort):
        console.err("Stopped.")
        return INTERRUPTED
    except StackwrightError as error:
        console.problems(error)
        return error.exit_code
    except BrokenPipeError:
        raise
    except OSError as error:
        console.error(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        return 1
    except Exception as error:
        return bug(error, arguments)
    return result if isinstance(result, int) else 0


def usage_error(error: click.ClickException) -> int:
    """Say what is wrong with the command line, and which help to read."""
    console.error(error.format_message())
    context = getattr(error, "ctx", None)
    if context is not None:
        console.err(f"See '{context.command_path} --help'.")
    return error.exit_code


def bug(error: Exception, arguments: list[str]) -> int:
    """Say that Stackwright itself is wrong, and how to see where."""
    console.error(f"this is a bug in Stackwright: {type(error).__name__}: {error}")
    if os.environ.get("STACKWRIGHT_TRACEBACK"):
        console.traceback(error)
    else:
        again = shlex.join(["stackwright", *arguments])
        console.err(f"To see where: STACKWRIGHT_TRACEBACK=1 {again}")
    return 1
