"""The modules that a program brings along, which belong to one run of it.

Under the engine every run is a process of its own. Here many runs share one, and each must import
its own modules, as they are in its own folder.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
)
from pathlib import Path
from types import ModuleType
from typing import Any

_INSTALLED = frozenset({"site-packages", "dist-packages"})
"""Folders of installed packages, such as those of a virtual environment."""


_SHARED = ("pulumi", "pulumi_aws", "pulumi_kubernetes", "stackwright", "stackwright_cli")
"""Packages that all runs share, even where a copy or checkout of theirs lies in the folder."""


@contextmanager
def own_modules(folder: Path) -> Iterator[None]:
    """Forget at the end every module that was imported from below a folder.

    No bytecode is written into the folder meanwhile.
    """
    roots = tuple({f"{folder.absolute()}/", f"{folder.resolve()}/"})
    known = set(sys.modules)

    def finder(path: str) -> FileFinder:
        if not _is_own(path, roots) or not Path(path).is_dir():
            raise ImportError
        extensions = (ExtensionFileLoader, EXTENSION_SUFFIXES)
        return FileFinder(path, extensions, (_WithoutBytecode, SOURCE_SUFFIXES))

    sys.path_hooks.insert(0, finder)
    _forget_finders(roots)
    try:
        yield
    finally:
        sys.path_hooks.remove(finder)
        _forget_finders(roots)
        for name in set(sys.modules) - known:
            shared = name.partition(".")[0] in _SHARED
            if not shared and any(_is_own(path, roots) for path in _paths(sys.modules[name])):
                del sys.modules[name]


class _WithoutBytecode(SourceFileLoader):
    def set_data(self, path: str, data: Any, *, _mode: int = 0) -> None:
        """Write nothing."""


def _forget_finders(roots: tuple[str, ...]) -> None:
    for path in [path for path in sys.path_importer_cache if _is_own(path, roots)]:
        del sys.path_importer_cache[path]


def _paths(module: ModuleType) -> list[str]:
    file = getattr(module, "__file__", None)
    return [file] if file else [str(path) for path in getattr(module, "__path__", ())]


def _is_own(path: str, roots: tuple[str, ...]) -> bool:
    """Tell whether a path lies below a root, and in no folder of installed packages there."""
    place = f"{Path(path).absolute()}/"
    return place.startswith(roots) and _INSTALLED.isdisjoint(place.split("/"))
