"""Write the workflows of an ML project: python -m scripts.continuous_integration FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

from scripts.continuous_integration.github import workflows
from scripts.continuous_integration.jobs import PIPELINES


def main() -> int:
    """Write every workflow into .github/workflows of the folder that is given."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.stderr.write("usage: python -m scripts.continuous_integration FOLDER\n")
        return 2
    folder = Path(sys.argv[1]) / ".github" / "workflows"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in workflows(PIPELINES).items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
