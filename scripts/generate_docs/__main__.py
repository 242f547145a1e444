"""Bring the generated docs up to date: `python -m scripts.generate_docs`."""

from __future__ import annotations

import sys
from pathlib import Path

from scripts.generate_docs.pages import generated


def main() -> None:
    """Write every generated file that is not as it should be, and name it."""
    root = Path(__file__).resolve().parents[2]
    changed = 0
    for path, text in generated(root).items():
        file = root / path
        if file.is_file() and file.read_text(encoding="utf-8") == text:
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        sys.stdout.write(f"wrote {path}\n")
        changed += 1
    if not changed:
        sys.stdout.write("The generated docs are up to date.\n")


if __name__ == "__main__":
    main()
