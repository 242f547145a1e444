"""The command as a module: `python -m stackwright_cli`."""

from __future__ import annotations

from stackwright_cli import console, main

if __name__ == "__main__":
    console.leave(main())
