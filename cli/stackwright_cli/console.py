"""The console is where a person or a script reads us: the only place that prints or exits.

Answers go to standard output; problems, progress and questions go to standard error. Colour and
progress are for terminals only, and `NO_COLOR` is honoured. Text from users may hold control
characters; a terminal is shown their escapes.
"""

from __future__ import annotations

import json as json_module
import os
import re
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn, TextIO

import click

from stackwright.errors import InputError, Problem, StackwrightError

_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters and marks that turn the direction of text: they make a terminal lie."""


def prepare() -> None:
    """Make standard output and error accept every character, whatever the locale.

    A stream that was closed before we began is one that nobody reads.
    """
    if sys.stdout is None:
        sys.stdout = _nowhere()
    if sys.stderr is None:
        sys.stderr = _nowhere()
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def out(text: str) -> None:
    """Write an answer to standard output, ending in one line end."""
    _write(sys.stdout, visible(text) if sys.stdout.isatty() else text)


def err(text: str) -> None:
    """Write a message for people to standard error."""
    _write(sys.stderr, visible(text))


def json(value: Any) -> None:
    """Write an answer as JSON with sorted keys, for scripts."""
    out(json_module.dumps(value, indent=2, sort_keys=True, ensure_ascii=False))


def error(message: str) -> None:
    """Write one line that says what is wrong."""
    mark = click.style("error:", fg="red", bold=True) if has_colour(sys.stderr) else "error:"
    _write(sys.stderr, f"{mark} {visible(message)}")


def problems(failure: StackwrightError) -> None:
    """Write what is wrong: every problem on its own line, then how many there are."""
    if not isinstance(failure, InputError):
        error(str(failure))
        return
    for problem in failure.problems:
        error(str(problem).replace("\n", "\\n"))
    count = len(failure.problems)
    err("1 problem." if count == 1 else f"{count} problems.")


def traceback(failure: BaseException) -> None:
    """Write where an exception came from, for whoever repairs it."""
    import traceback as traceback_module

    err("".join(traceback_module.format_exception(failure)))


def visible(text: str) -> str:
    r"""Return the text with every hidden character as its escape, such as `\x1b`."""
    return _HIDDEN.sub(lambda found: ascii(found.group())[1:-1], text)


def has_colour(stream: TextIO) -> bool:
    """Tell whether a stream is a terminal whose owner accepts colour."""
    refused = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return stream.isatty() and not refused


def width() -> int | None:
    """Return the columns of the terminal that answers go to; None when they go elsewhere."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def is_interactive() -> bool:
    """Tell whether a person sits at the other end and can be asked."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str, default: str) -> str:
    """Return a person's answer; without a terminal nobody is asked and the default is returned."""
    if not is_interactive():
        return default
    answer: str = click.prompt(question, default=default, show_default=bool(default), err=True)
    return answer


def confirm(question: str, *, default: bool = False) -> bool:
    """Return a person's yes or no; without a terminal nobody is asked: the default is returned."""
    return click.confirm(question, default=default, err=True) if is_interactive() else default


def require_agreement(given: bool) -> None:
    """Refuse to go on where nobody can be asked and nobody agreed beforehand.

    Raises:
        click.UsageError: There is no terminal, and no `--yes`.
    """
    if not given and not is_interactive():
        raise click.UsageError("there is no terminal to ask at; give --yes to agree beforehand.")


@contextmanager
def progress(title: str) -> Iterator[Callable[[str], None]]:
    """Show on standard error what is being done; the value yielded tells the next step.

    A terminal with colour gets one moving line, a plain terminal a line per step, and anything
    else nothing: a log or a pipe holds answers and problems only.
    """
    if not sys.stderr.isatty():
        yield lambda step: None
    elif not has_colour(sys.stderr):
        err(f"{title} ...")
        yield lambda step: err(f"{title}: {step}")
    else:
        from rich.console import Console
        from rich.markup import escape

        with Console(stderr=True).status(escape(f"{title} ...")) as status:
            yield lambda step: status.update(escape(visible(f"{title}: {step}")))


def write_file(path: Path, text: str) -> None:
    """Write a whole file or nothing, as UTF-8; missing folders are made.

    The text goes to a new file beside `path`, which then takes its place, so a reader never sees
    half of it. An existing file keeps its mode. Raises InputError when something other than a
    file is at `path` (a link is not followed), StackwrightError when the system refuses.
    """
    _refuse_all_but_files(path)
    temporary = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else None
        _write_new(temporary, text, mode)
        temporary.replace(path)
    except OSError as failure:
        raise StackwrightError(f"{path}: cannot be written: {failure.strerror}") from failure
    finally:
        with suppress(OSError):
            temporary.unlink()


def flush() -> None:
    """Send what was written, so that a reader who has gone is noticed now."""
    sys.stdout.flush()


def forget_standard_output() -> None:
    """Stop writing to a reader who has gone, so that leaving is silent."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def leave(code: int) -> NoReturn:
    """End the process with an exit code, without the interpreter's own tidying.

    After a plan that tidying costs a fifth of the time, and the system does it anyway. Nothing
    that we use leaves work to the end of the process.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _write(stream: TextIO, text: str) -> None:
    if stream is sys.stderr:
        # Where both go to one log, what was said first must stand first.
        with suppress(OSError, ValueError):
            sys.stdout.flush()
    stream.write(text if text.endswith("\n") else f"{text}\n")


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")


def _refuse_all_but_files(path: Path) -> None:
    if path.is_symlink():
        found = "is a link, and links are not followed"
    elif path.is_dir():
        found = "is a folder"
    elif path.exists() and not path.is_file():
        found = "is not a regular file"
    else:
        return
    raise InputError([Problem(f"{found}.", file=str(path), hint="Name a file to write.")])


def _write_new(path: Path, text: str, mode: int | None) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with os.fdopen(descriptor, "wb") as file:
        if mode is not None:
            os.fchmod(descriptor, mode)
        file.write(text.encode("utf-8"))
