"""The forecast of a destruction, for a person who has to agree to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stackwright.engine.forecast import Fact, LayerForecast

_NAMES_SHOWN = 6


def forecast_text(layers: Sequence[LayerForecast], behind: Sequence[Fact]) -> str:
    """Return what will become of each layer, in the order in which they go.

    Args:
        layers: What is foretold of each.
        behind: What may be left that no state knows.
    """
    lines = [line for layer in layers for line in _layer(layer)]
    if behind:
        lines.append("May be left behind, and is not in the state:")
        lines += [f"  {fact.tool}: {fact.text}" for fact in behind]
    return "\n".join(lines)


def _layer(one: LayerForecast) -> Iterator[str]:
    counts = ", ".join(f"{tool or 'own'} {count}" for tool, count in sorted(one.counts.items()))
    yield f"{one.layer}: {len(one.deleted)} to delete{f' ({counts})' if counts else ''}"
    yield from _facts("  Lost for ever:", one.lost)
    yield from _facts("  Stays:", one.kept)
    yield from _facts("  Not at once:", one.lingering)
    yield from _facts("  Refused by its service:", one.obstacles)


def _facts(title: str, facts: Sequence[Fact]) -> Iterator[str]:
    """Yield facts, those of one type that say the same on one line."""
    if not facts:
        return
    yield title
    groups: dict[tuple[str, str], list[str]] = {}
    for fact in facts:
        type_, _, name = fact.key.partition("::")
        groups.setdefault((type_, fact.text), []).append(name)
    for (type_, text), names in groups.items():
        shown = ", ".join(names[:_NAMES_SHOWN])
        more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
        yield f"    {type_}  {shown}{more}: {text}"
