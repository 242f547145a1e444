"""What the stub engine writes for people."""

import sys


def write(text: str | None, end: str = "\n") -> None:
    """Write a line to standard output, at once."""
    sys.stdout.write(f"{text}{end}")
    sys.stdout.flush()


def write_error(text: str) -> None:
    """Write a line to standard error."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
