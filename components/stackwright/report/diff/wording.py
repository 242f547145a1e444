"""The words of a diff: short, escaped, and never longer than their place takes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from stackwright.blueprint.shown import REDACTED, listed, looks_secret
from stackwright.diff.changes import Action, JsonValue, PropertyChange
from stackwright.diff.findings import AccessChange
from stackwright.diff.model import BlueprintChange, Diff, Risk
from stackwright.report.markdown import code, escape
from stackwright.report.words import clean, counts_words, made_from, plural, readable, type_words
from stackwright.urns import name_of, type_of

LONGEST_NAME = 120
"""Characters of a name, a path or a file that are shown; a Kubernetes name has at most 253."""

LONGEST_VALUE = 160
"""Characters of a value that are shown."""

LONGEST_ALIAS = 600
"""Characters of an alias that are shown: one that is cut is of no use."""

LONGEST_SENTENCE = 400
"""Characters of a sentence that are shown."""

MOST_NAMES = 8
"""Names that a line lists before it counts the others."""

_DIGEST = re.compile(r"(sha256:[0-9a-f]{12})[0-9a-f]{52}(?![0-9a-f])")

MOST_TYPES = 8
"""Types that a line lists before it counts the others."""

_CONTEXT = 24
"""Characters before the first difference of two long values that are still shown."""

ACTION_WORDS: Mapping[Action, str] = {
    Action.CREATE: "created",
    Action.UPDATE: "updated",
    Action.REPLACE: "replaced",
    Action.DELETE: "deleted",
    Action.FORGET: "left alone",
    Action.MOVE: "moved",
    Action.RENAME: "renamed",
    Action.IMPORT: "imported",
    Action.READ: "read",
}
"""What is said of a resource that sees the action."""

RISK_WORDS: Mapping[Risk, str] = {
    Risk.DATA_LOSS: "data loss",
    Risk.BROKEN_PROJECT: "broken project",
    Risk.HAZARD: "hazard",
    Risk.INTERRUPTION: "interruption",
    Risk.ACCESS: "access widening",
    Risk.REPLACEMENT: "replacement",
    Risk.UNCERTAIN: "possible replacement",
    Risk.ROUTINE: "routine change",
}
"""What one finding of a risk is called."""


def cut(text: str, longest: int) -> str:
    """Return `text` on one line, with what is too much of it counted."""
    line = clean(text)
    rest = len(line) - longest
    return line if rest <= 0 else f"{line[:longest]}... ({plural('more character', rest)})"


def said(text: str) -> str:
    """Return a sentence or a title, escaped."""
    return escape(cut(text, LONGEST_SENTENCE))


def named(text: str) -> str:
    """Return a name, a key path or a file as code."""
    return code(cut(text, LONGEST_NAME))


def titled(text: str) -> str:
    """Return a name as code for the summary of a fold, where code spans are not read."""
    return f"<code>{escape(cut(text, LONGEST_NAME))}</code>" if text else ""


def valued(value: JsonValue, longest: int = LONGEST_VALUE) -> str:
    """Return a value as code."""
    return _coded(value_words(value), longest)


def names(found: Collection[str], most: int = MOST_NAMES) -> str:
    """Return names as code in the order given, and the number of those beyond `most`."""
    shown = [named(name) for name in list(found)[:most]]
    rest = len(found) - len(shown)
    return listed([*shown, f"{rest} more"] if rest else shown, "and")


def counted(counts: Mapping[Action, int]) -> str:
    """Return `3 created, 1 replaced` for the actions that occur, in the order of the mapping."""
    return ", ".join(f"{count} {ACTION_WORDS[action]}" for action, count in counts.items())


def ended(action: Action, count: int = 1) -> str:
    """Return what an action does to resources whose data is lost."""
    if action is Action.REPLACE:
        return f"replaced by {'an empty one' if count == 1 else 'empty ones'}"
    return "deleted"


def value_text(value: JsonValue) -> str:
    """Return a value as plain text on one line, cut; what looks like a secret is not shown."""
    return _concealed(value_words(value))


def value_words(value: JsonValue) -> str:
    """Return a value on one line; a secret by what it is made from."""
    if isinstance(value, Mapping) and "$secret" in value:
        sources = made_from(value["$secret"])
        return f"secret made from {sources}" if sources else "secret"
    return readable(value)


def differing(change: PropertyChange) -> tuple[str, str]:
    """Return both values of an update, cut so that the first difference is in what is shown."""
    before, after = value_words(change.before), value_words(change.after)
    if before == after:
        after = f"another {after}"
    if max(len(before), len(after)) > LONGEST_VALUE:
        start = max(0, _shared(before, after) - _CONTEXT)
        before, after = _from(before, start), _from(after, start)
    return _concealed(before), _concealed(after)


def says_all(change: AccessChange) -> bool:
    """Tell whether the sentence of a change of access names all that is gained and lost."""
    items = (*change.gained, *change.lost)
    return len(change.sentence) <= LONGEST_SENTENCE and all(one in change.sentence for one in items)


def resource_words(urn: str) -> str:
    """Return the words for the type of a resource, and its name as code."""
    return f"{said(type_words(type_of(urn)))} {named(name_of(urn))}"


def kinds(types: Mapping[str, int]) -> str:
    """Return how many there are of each type token, escaped, the first few of them."""
    words = counts_words(types)
    rest = len(words) - MOST_TYPES
    more = [plural("more kind", rest)] if rest > 0 else []
    return said(listed([*words[:MOST_TYPES], *more], "and"))


def joined(*pieces: str) -> str:
    """Return pieces of Markdown as paragraphs, without the empty ones."""
    return "\n\n".join(piece for piece in pieces if piece)


def titles(diff: Diff) -> Mapping[str, str]:
    """Return instance -> what it is in words, over all environments."""
    return {name: words for one in diff.environments for name, words in one.titles.items()}


def before_after(cause: BlueprintChange) -> str:
    """Return both values of a blueprint line that differs."""
    if cause.removed:
        return f"{valued(cause.before)}, removed"
    if cause.before is None:
        return f"{valued(cause.after)}, new"
    before, after = value_words(cause.before), value_words(cause.after)
    short = _short(before), _short(after)
    if short[0] != short[1]:
        before, after = short
    return f"{_coded(before)} to {_coded(after)}"


def lines_of(texts: Iterable[str], mark: str = "-") -> str:
    """Return texts that are escaped already as a list; `1.` as the mark numbers them."""
    return "\n".join(f"{mark} {text}" for text in texts)


def _coded(words: str, longest: int = LONGEST_VALUE) -> str:
    return code(cut(_concealed(words), longest)) or "empty"


def _short(words: str) -> str:
    """Return a text with each digest in it cut to what still tells it from another."""
    return _DIGEST.sub(r"\1...", words)


def _concealed(text: str) -> str:
    # Only what would be shown is looked at: a stranger's text may be of any length.
    shown = cut(text, LONGEST_VALUE)
    return REDACTED if looks_secret(shown) else shown


def _shared(one: str, other: str) -> int:
    shortest = min(len(one), len(other))
    return next((i for i in range(shortest) if one[i] != other[i]), shortest)


def _from(text: str, start: int) -> str:
    return f"...{text[start:]}" if start else text
