"""One scenario: two sides of a blueprint, and what a careful platform engineer says of the change.

The expectation is written by hand, before anything is run. Resources are named `TYPE::NAME`, as in
every report; a `*` stands for any text.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

BASES = Path(__file__).with_name("bases")
PAIRS = Path(__file__).with_name("pairs")


class Strict(BaseModel):
    """Refuses a key that it does not know, so that nothing expected is lost by a typing error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Edits(Strict):
    """What one side changes of the text that the scenario begins from."""

    text: str | None = None
    """The whole file, where nothing is left of the other."""
    edit: Mapping[str, str] = Field(default_factory=dict)
    """Text that stands in the file exactly once -> what replaces it; the lines stay countable."""
    set: Mapping[str, Any] = Field(default_factory=dict)
    """Dotted key path -> value; the file is written anew."""
    remove: tuple[str, ...] = ()
    """Dotted key paths; the file is written anew."""
    files: Mapping[str, str] = Field(default_factory=dict)
    """Further files of this side, such as `stacks/foundation/__main__.py`."""

    def applied(self, text: str) -> str:
        """Return the file of this side.

        Raises:
            ValueError: A text to replace, or a key to remove, is not there once.
        """
        text = text if self.text is None else self.text
        for old, new in self.edit.items():
            if text.count(old) != 1:
                raise ValueError(f"{old!r} stands {text.count(old)} times in the file")
            text = text.replace(old, new)
        if not self.set and not self.remove:
            return text
        data = yaml.safe_load(text)
        for path, value in self.set.items():
            *above, key = path.split(".")
            _at(data, above)[key] = value
        for path in self.remove:
            *above, key = path.split(".")
            del _at(data, above)[key]
        return yaml.safe_dump(data, sort_keys=False)


class Resource(Strict):
    """What is to become of one resource; what is not said is not judged."""

    action: str
    """An action of the model, or `unchanged`."""
    because: tuple[str, ...] = ()
    """Properties that force the replacement: all of them, each as a path or the begin of one."""
    evidence: str = ""
    """How sure the replacement is; of what is updated, how sure the properties of `changed` are, or
    all where none is named."""
    order: str = ""
    follows: str = ""
    """The resource whose replacement forces this one; `root` for none."""
    changed: tuple[str, ...] = ()
    """Properties that differ, among others."""
    options: tuple[str, ...] = ()
    """Options that differ: all of them."""
    noise: str | None = None
    """Why the property that differs is only counted."""
    loses: str | None = None
    protected: bool | None = None
    uncertain: bool | None = None
    twin: str = ""
    """The resource that it seems to be, whose alias is demanded too; `none` for no resource."""
    before: str = ""
    """The resource that an alias takes it over from."""


class Change(Strict):
    """What is to become of one environment."""

    presence: str | None = None
    resources: Mapping[str, Resource] = Field(default_factory=dict)
    counts: Mapping[str, int] | None = None
    """Managed resources by action: all of them."""
    losses: Mapping[str, str] | None = None
    """Resource -> `refused` or `allowed`: all of them, unless `others: any` stands there too."""
    chains: Mapping[str, int | str] | None = None
    """Root -> how many it takes with it, as 12 or as ">=12": all chains, unless `others: any`."""
    access: Mapping[str, str] | None = None
    """Resource -> direction: all, unless `others: any`."""
    services: Mapping[str, str] | None = None
    """Resource -> impact: all, unless `others: any`."""
    accelerators: Mapping[str, tuple[int, ...]] | None = None
    """Pool and market -> GPUs before and after, vCPUs before and after: all rows."""
    says: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    """Resource -> texts that its losses, services and access tell among others, with `*` for any
    text; one that begins with `!` must not be told."""
    outputs: tuple[str, ...] | None = None
    """Outputs that differ, among others; an empty list for none at all."""
    warnings: tuple[str, ...] = ()
    """Each stands for a warning that it fits, with `*` for any text."""
    hazards: tuple[str, ...] = ()
    """Each stands for a hazard that it fits, with `*` for any text."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: Any) -> Any:
        """Let a resource be written as its action alone."""
        if isinstance(data, dict) and isinstance(data.get("resources"), dict):
            given = data["resources"].items()
            full = {key: {"action": item} if isinstance(item, str) else item for key, item in given}
            return {**data, "resources": full}
        return data


class Broken(Strict):
    """A project that no longer works."""

    project: str
    environment: str
    contract: str
    key: str
    breakage: str


class Cause(Strict):
    """A key of the blueprint that differs."""

    path: str
    line: int | None = None
    removed: bool = False
    tool: str | None = None
    environments: tuple[str, ...] | None = None


class Expected(Change):
    """The verdict; what is said of no environment is said of the only one that is compared."""

    worst: tuple[str, ...]
    """The worst risk, or `none`; several where a careful engineer could say either."""
    exit: Literal[0, 3]
    unchanged: bool = False
    """Nothing may differ in any environment."""
    environments: Mapping[str, Change] = Field(default_factory=dict)
    projects: tuple[Broken, ...] = ()
    """Projects that break: all of them."""
    causes: tuple[Cause, ...] = ()
    """Causes, among others; written as its path alone, a cause is only to be there."""
    notes: tuple[str, ...] = ()
    """Each stands for a note that it fits, with `*` for any text."""

    @model_validator(mode="before")
    @classmethod
    def _short_causes(cls, data: Any) -> Any:
        """Let a cause be written as its path, and one risk without brackets."""
        given = data.get("causes", [])
        causes = [{"path": item} if isinstance(item, str) else item for item in given]
        worst = [data["worst"]] if isinstance(data["worst"], str) else data["worst"]
        return {**data, "causes": causes, "worst": worst}


class Scenario(Strict):
    """Two sides and the verdict."""

    about: str
    """What happens, and why the verdict is what it is."""
    begin: str
    """Name of a file in `bases` that both sides begin from."""
    environments: tuple[str, ...] = ("prod",)
    """Environments that are compared; empty for all."""
    today: str = "2026-11-21"
    files: Mapping[str, str] = Field(default_factory=dict)
    """Further files of both sides."""
    base: Edits = Edits()
    head: Edits = Edits()
    expect: Expected
    open: str = ""
    """Why something else is said, where the expectation is right and known not to hold yet."""

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return the scenario of a file.

        Raises:
            pydantic.ValidationError: It holds a key that none has.
        """
        return cls.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))

    def sides(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Return the files of both sides, each by its path."""
        begin = (BASES / f"{self.begin}.yaml").read_text(encoding="utf-8")
        base = self.base.applied(begin)
        head = self.head.applied(base)
        return (
            {"blueprint.yaml": base, **self.files, **self.base.files},
            {"blueprint.yaml": head, **self.files, **self.head.files},
        )


def _at(data: Any, path: list[str]) -> Any:
    for key in path:
        data = data.setdefault(key, {})
    return data
