"""A template is a folder in Cookiecutter's format with a manifest beside it.

It is read whole and checked before it is used: no links, no special files, no hooks, no
extensions. Nothing in it depends on the modes that an installer gave its files.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from stackwright.errors import InputError, Problem, StackwrightError, UnknownName
from stackwright_cli.projects.manifest import (
    MANIFEST,
    BooleanQuestion,
    ChoiceQuestion,
    IntegerQuestion,
    TemplateManifest,
)

if TYPE_CHECKING:
    from stackwright_cli.projects.manifest import AnyQuestion

SETTINGS = "cookiecutter.json"

ROOT = "{= cookiecutter.project_slug =}"
"""Name of the folder that holds a template's files, as Cookiecutter wants it."""

DELIMITERS: Mapping[str, str] = {
    "variable_start_string": "{=",
    "variable_end_string": "=}",
    "block_start_string": "{%",
    "block_end_string": "%}",
    "comment_start_string": "{*",
    "comment_end_string": "*}",
}
"""Chosen so that GitHub, Helm, Jinja, shell and Python keep their own braces."""

JINJA_SETTINGS: Mapping[str, str | bool] = {
    **DELIMITERS,
    "trim_blocks": True,
    "lstrip_blocks": True,
}
"""The only settings of Jinja that a template has, and all of them."""

_OURS = ("_copy_without_render", "_jinja2_env_vars")
"""The settings of Cookiecutter that a template may use; its other ones run code or guess."""

_THEIRS = ("_extensions", "_new_lines", "__prompts__", "_template", "_output_dir")

EXECUTABLE, PLAIN = "100755", "100644"


def damaged(template: str, reason: str) -> StackwrightError:
    """Return the error for a template that breaks the rules: an installation is damaged."""
    return StackwrightError(f"template {template}: {reason}. Install Stackwright again.")


@dataclass(frozen=True, slots=True)
class Template:
    """One template, as it is in its folder."""

    name: str
    manifest: TemplateManifest
    settings: Mapping[str, Any]
    """All of `cookiecutter.json`, in its order."""
    files: Mapping[str, bytes]
    """Path below the root folder, not yet rendered -> content; sorted."""
    digest: str
    """`sha256:` and the digest over path, mode and content of every file."""

    def is_copied(self, path: str) -> bool:
        """Return whether a file is copied as it is, because a pattern names it or its folder."""
        patterns = self.settings["_copy_without_render"]
        places = (path, *(str(above) for above in PurePosixPath(path).parents if above.name))
        return any(fnmatchcase(place, pattern) for place in places for pattern in patterns)


def mode_of(content: bytes) -> str:
    """Return the mode of a file in Git's words: a script, which begins with `#!`, can be run.

    The content decides, because a wheel and pip do not keep the modes of files.
    """
    return EXECUTABLE if content.startswith(b"#!") else PLAIN


def is_text(content: bytes) -> bool:
    """Return whether a content is UTF-8 without NUL."""
    try:
        return "\0" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False


def template_names(folder: Path) -> list[str]:
    """Return the names of the templates in a folder, sorted."""
    return sorted(file.parent.name for file in folder.glob(f"*/{MANIFEST}"))


def find_template(name: str, folder: Path) -> Template:
    """Return the template called `name`.

    Raises:
        UnknownName: There is none; the nearest is named.
        StackwrightError: It breaks the rules of the format.
    """
    from stackwright.blueprint.shown import nearest, shown

    names = template_names(folder)
    if name not in names:
        said = f"no template is called {shown(name)}; there are: {', '.join(names) or 'none'}."
        raise UnknownName([Problem(said, hint=nearest(name, names))])
    return read_template(folder / name)


def read_template(folder: Path) -> Template:
    """Return the template in a folder.

    Raises:
        StackwrightError: It breaks the rules of the format.
    """
    contents = dict(_contents(folder))
    manifest = _manifest(folder.name, contents.get(MANIFEST, b""))
    settings = _settings(folder.name, contents.get(SETTINGS, b""), manifest)
    files = {}
    for path, content in contents.items():
        root, _, inner = path.partition("/")
        if root == ROOT and inner:
            files[inner] = content
        elif path not in (SETTINGS, MANIFEST):
            raise damaged(folder.name, f"{path} stands outside the folder '{ROOT}'")
    if not files:
        raise damaged(folder.name, f"the folder '{ROOT}' is missing or empty")
    manifest = _in_order(manifest, settings)
    template = Template(folder.name, manifest, settings, files, _digest(contents))
    for path, content in files.items():
        if not template.is_copied(path):
            _require_text(template, path, content)
    return template


def default_of(template: Template, key: str) -> Any:
    """Return the default of a question as `cookiecutter.json` has it, not yet rendered."""
    value = template.settings[key]
    return value[0] if isinstance(value, list) else value


def _contents(folder: Path, below: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield every file; what Python makes of sources when a wheel is installed is none."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        path = below + entry.name
        kind = entry.stat(follow_symlinks=False).st_mode
        if entry.name == "__pycache__" or entry.name.endswith(".pyc"):
            continue
        if stat.S_ISDIR(kind):
            yield from _contents(Path(entry.path), f"{path}/")
        elif stat.S_ISREG(kind):
            yield path, Path(entry.path).read_bytes()
        else:
            raise damaged(path, "links and special files are refused")


def _manifest(name: str, source: bytes) -> TemplateManifest:
    from stackwright.blueprint.reader import parse
    from stackwright.blueprint.validation import validate

    try:
        return validate(TemplateManifest, parse(source, MANIFEST).root, MANIFEST)
    except InputError as error:
        raise damaged(name, str(error).rstrip(".")) from error


def _settings(name: str, source: bytes, manifest: TemplateManifest) -> Mapping[str, Any]:
    try:
        settings = json.loads(source)
    except ValueError as error:
        raise damaged(name, f"{SETTINGS} is no JSON: {error}") from error
    if not isinstance(settings, dict):
        raise damaged(name, f"{SETTINGS} holds no object")
    for problem in _settings_problems(settings, manifest):
        raise damaged(name, f"{SETTINGS}: {problem}")
    return settings


def _settings_problems(settings: dict[str, Any], manifest: TemplateManifest) -> Iterator[str]:
    if settings.get("_jinja2_env_vars") != JINJA_SETTINGS:
        yield f"_jinja2_env_vars is not {json.dumps(JINJA_SETTINGS)}"
    copied = settings.setdefault("_copy_without_render", [])
    if not isinstance(copied, list) or not all(isinstance(item, str) for item in copied):
        yield "_copy_without_render is no list of patterns"
    for key, value in settings.items():
        if key in _THEIRS:
            yield f"{key} is refused"
        elif key.startswith("_") and key not in _OURS and not isinstance(value, str):
            yield f"{key} is no text"
    asked = [key for key in settings if not key.startswith("_")]
    if sorted(asked) != sorted(manifest.questions):
        yield f"its questions are not those of {MANIFEST}"
        return
    for key, question in manifest.questions.items():
        yield from _default_problems(key, settings[key], question)


def _default_problems(key: str, value: Any, question: AnyQuestion) -> Iterator[str]:
    if isinstance(question, ChoiceQuestion):
        if not isinstance(value, list) or sorted(value) != sorted(question.choices):
            yield f"{key}: its choices are not those of {MANIFEST}"
        return
    wanted: type = str
    if isinstance(question, BooleanQuestion):
        wanted = bool
    elif isinstance(question, IntegerQuestion):
        wanted = int
    if type(value) is not wanted:
        yield f"{key}: its default is no {wanted.__name__}"


def _in_order(manifest: TemplateManifest, settings: Mapping[str, Any]) -> TemplateManifest:
    """Return the manifest with questions and choices in the order of `cookiecutter.json`."""
    questions: dict[str, AnyQuestion] = {}
    for key in (key for key in settings if key in manifest.questions):
        question: AnyQuestion = manifest.questions[key]
        if isinstance(question, ChoiceQuestion):
            ordered = {choice: question.choices[choice] for choice in settings[key]}
            question = question.model_copy(update={"choices": ordered})
        questions[key] = question
    return manifest.model_copy(update={"questions": questions})


def _digest(contents: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for path, content in contents.items():
        own = hashlib.sha256(content).hexdigest()
        digest.update(f"{path}\0{mode_of(content)}\0{own}\n".encode())
    return f"sha256:{digest.hexdigest()}"


def _require_text(template: Template, path: str, content: bytes) -> None:
    if not is_text(content):
        reason = f"{path} is no UTF-8 text, and _copy_without_render does not name it"
        raise damaged(template.name, reason)
    if b"\r" in content:
        raise damaged(template.name, f"{path} has line ends other than LF")
