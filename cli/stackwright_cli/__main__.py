"""The command as a module: `python -m stackwright_cli`."""

from __future__ import annotations

from stackwright_cli import command_line

if __name__ == "__main__":
    command_line()
