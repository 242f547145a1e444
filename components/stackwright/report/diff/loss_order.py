"""Which loss of data is read first."""

from __future__ import annotations

from stackwright.diff.findings import DataLoss
from stackwright.urns import type_of

_HOLDERS = frozenset({"kubernetes:core/v1:Namespace", "kubernetes:helm.sh/v3:Release"})
"""Types that hold data only through what is in them, which mostly has a card of its own."""


def loss_order(loss: DataLoss) -> tuple[bool, bool, bool]:
    """Return what sorts losses: refused ones first, of these what is itself a store of data.

    Of equal ones, that which nothing holds comes first.
    """
    is_store = bool(loss.what) and type_of(loss.urn) not in _HOLDERS
    return not loss.refused, not is_store, any(one.holds for one in loss.protections)
