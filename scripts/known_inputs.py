"""Write the inputs that the installed pulumi-aws has: `python -m scripts.known_inputs`.

Do so only with the version that the rules of replacement were checked against: every input of the
list that no rule names is told as changed in place.
"""

from __future__ import annotations

import importlib
import json
import keyword
import sys
import warnings
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from types import UnionType
from typing import Any, TypeAlias, Union, get_args, get_origin

from pulumi import _types

from stackwright.data import known_inputs

FILE = Path(known_inputs.__file__).with_name("known_inputs.json")

_RULES = FILE.with_name("replacement_rules.json")

_ABOUT = (
    "The inputs that each type of AWS in replacement_rules.json had when its rules were checked; "
    "made by `python -m scripts.known_inputs` from the classes of the package named here. Under "
    "an empty key are the inputs that hold nothing to be judged apart: plain values, maps with "
    "free keys, texts of JSON. Under any other key is a block, or a list of such blocks, with its "
    "fields; a number is the block that many levels above, which holds others of its kind. An old "
    "name of a type is listed where its inputs are named otherwise."
)

Block: TypeAlias = dict[str, Any]


def text() -> str:
    """Return the whole file, one line for each type.

    Raises:
        TypeError: A class of the SDK has an input of a kind that this script does not understand.
    """
    rules = json.loads(_RULES.read_text(encoding="utf-8"))
    types = {type_: inputs(type_) for type_ in rules["types"] if type_.startswith("aws:")}
    older = {old: inputs(old) for old, type_ in rules["aliases"].items() if type_ in types}
    types |= {old: found for old, found in older.items() if found != types[rules["aliases"][old]]}
    lines = (f"  {json.dumps(type_)}: {_compact(found)}" for type_, found in sorted(types.items()))
    package = f"pulumi-aws {version('pulumi-aws')}"
    head = f' "about": {json.dumps(_ABOUT)},\n "package": {json.dumps(package)},\n "types": {{\n'
    return "{\n" + head + ",\n".join(lines) + "\n }\n}\n"


def inputs(type_: str) -> Block:
    """Return the inputs of a resource type, such as `aws:s3/bucket:Bucket`."""
    _, module, name = type_.split(":")
    service = module.partition("/")[0]
    service = f"{service}_" if keyword.iskeyword(service) else service
    with warnings.catch_warnings():
        # The package warns of its own old names when a service is first loaded.
        warnings.simplefilter("ignore")
        resource = getattr(importlib.import_module(f"pulumi_aws.{service}"), name)
    # Its arguments stand beside it, under a name that blocks of the service may have too.
    beside = sys.modules[resource.__module__]
    own = next(one for one in beside.__all__ if one.endswith("Args"))
    return block(getattr(beside, own))


def block(fields: type, above: tuple[type, ...] = ()) -> Block:
    """Return the names that a class of inputs declares, as a plan has them.

    Args:
        fields: A class that the SDK calls an input type.
        above: The classes of the blocks around it, the outermost first.

    Raises:
        TypeError: One is of a kind that nobody thought of, such as a map of blocks.
    """
    chain = (*above, fields)
    plain: list[str] = []
    blocks: Block = {}
    for name, kind in sorted(_types.input_type_types(fields).items()):
        inner = _inner(kind)
        if inner is None:
            plain.append(name)
        elif inner in chain:
            blocks[name] = len(chain) - chain.index(inner)
        else:
            blocks[name] = block(inner, chain)
    return {known_inputs.PLAIN: " ".join(plain), **blocks}


def _inner(kind: Any) -> type | None:
    """Return the class of a block or of the blocks of a list; None for what has none."""
    arguments = [_types.unwrap_type(one) for one in get_args(kind)]
    if isinstance(kind, type) and _types.is_input_type(kind):
        return kind
    if get_origin(kind) in (Union, UnionType) and str in arguments:
        return None  # An object that may be a text as well is a text of JSON.
    inside = [found for found in map(_inner, arguments) if found is not None]
    if not inside:
        return None
    if len(inside) == 1 and _is_list(kind):
        return inside[0]
    raise TypeError(f"{kind}: only blocks and lists of blocks are understood")


def _is_list(kind: Any) -> bool:
    origin = get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, Sequence)


def _compact(found: Mapping[str, Any]) -> str:
    return json.dumps(found, separators=(",", ":"))


def main() -> None:
    """Write the file."""
    FILE.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"wrote {FILE.name}\n")


if __name__ == "__main__":
    main()
