from __future__ import annotations

from stackwright.diff.pairing.renames import renamed
from stackwright.plan.graph import symbol

OLD, NEW = (f"urn:pulumi:dev::acme::x:y:Z::{name}" for name in ("old", "new"))


def test_every_output_is_named_by_the_later_urn() -> None:
    before = {
        "text": f"a{symbol(OLD, 'a')}b{symbol(f'{OLD}er', 'a')}",
        "list": [symbol(OLD, "a.b")],
        "unknown": {"$unknown": [f"{OLD}#z", f"{NEW}er#a"]},
        "secret": {"$secret": [f"{OLD}#p"]},
        "number": 1,
        "none": None,
    }
    assert renamed(before, {OLD: NEW}) == {
        "text": f"a{symbol(NEW, 'a')}b{symbol(f'{OLD}er', 'a')}",
        "list": [symbol(NEW, "a.b")],
        "unknown": {"$unknown": [f"{NEW}#z", f"{NEW}er#a"]},
        "secret": {"$secret": [f"{NEW}#p"]},
        "number": 1,
        "none": None,
    }
