"""The folders that the command copies from, in a checkout and in a wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from stackwright.errors import StackwrightError
from stackwright_cli.assets import asset_folder

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["stacks", "templates"])
def test_this_checkout_gives_its_own_folders(name: Literal["stacks", "templates"]) -> None:
    assert asset_folder(name) == ROOT / name


def test_a_checkout_is_preferred_to_a_copy_in_the_package(tmp_path: Path) -> None:
    package = tmp_path / "cli" / "stackwright_cli"
    (package / "stacks").mkdir(parents=True)
    (tmp_path / "stacks").mkdir()
    (tmp_path / "pyproject.toml").write_text("")
    assert asset_folder("stacks", package) == tmp_path / "stacks"


def test_a_wheel_gives_the_copy_in_the_package(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "stackwright_cli"
    (package / "templates").mkdir(parents=True)
    (tmp_path / "templates").mkdir()
    assert asset_folder("templates", package) == package / "templates"


def test_a_folder_called_cli_is_not_yet_a_checkout(tmp_path: Path) -> None:
    package = tmp_path / "cli" / "stackwright_cli"
    (package / "stacks").mkdir(parents=True)
    (tmp_path / "stacks").mkdir()
    assert asset_folder("stacks", package) == package / "stacks"


def test_a_damaged_installation_says_what_to_do(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "stackwright_cli"
    with pytest.raises(StackwrightError, match=r"stacks: .* is missing\. Install Stackwright"):
        asset_folder("stacks", package)
