"""The only place that applies a function to an Output.

While a plan is recorded, a string output is a symbol: text that stands for a value known after
deployment. Symbols pass through `Output.format`, `Output.concat` and `Output.json_dumps`; code
that looks into them would be wrong, so components get their text from here or from those three.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pulumi
from pulumi import Output

from stackwright.errors import StackwrightError


class MissingOutput(StackwrightError, pulumi.RunError):
    """The earlier layer was not deployed; Pulumi shows it by its words, without a traceback."""


def element(values: Output[Any], index: int, key: str) -> Output[Any]:
    """Return entry `key` of element `index` of a list that a provider returns."""
    return values.apply(lambda items: _entry(items[index], key))


def entry(value: Output[Any], key: str) -> Output[Any]:
    """Return entry `key` of an object that was given and that a provider adds to.

    In a preview an entry that the provider has yet to add is unknown.
    """

    def found(item: Any) -> Any:
        result = item.get(key) if isinstance(item, Mapping) else getattr(item, key)
        return _unknown() if result is None and pulumi.runtime.is_dry_run() else result

    return value.apply(found)


def stack_output(stack: pulumi.StackReference, key: str, layer: str) -> Output[Any]:
    """Return one output of the stack that the earlier layer made.

    In a preview an output that is not there yet is unknown, and the preview says so.

    Raises:
        MissingOutput: While deploying, when the earlier layer has not exported it.
    """

    def found(value: Any) -> Any:
        if value is not None:
            return value
        if pulumi.runtime.is_dry_run():
            _say_unknown(layer)
            return _unknown()
        raise MissingOutput(
            f"The {layer} stack exports no {key!r}. Deploy the {layer} layer first."
        )

    return stack.get_output(key).apply(found)


@cache
def _say_unknown(layer: str) -> None:
    """Say once that a preview lacks what an earlier layer has yet to export."""
    pulumi.log.warn(
        f"The {layer} layer does not export everything yet that this one is made from, so that is "
        f"unknown in this preview. Deploy the {layer} layer first to see it."
    )


def _entry(value: Any, key: str) -> Any:
    return value[key] if isinstance(value, Mapping) else getattr(value, key)


def _unknown() -> Output[Any]:
    return Output.from_input(pulumi.UNKNOWN)
