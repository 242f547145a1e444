"""A diff as SARIF 2.1.0, so that a forge shows its findings at the lines of the blueprint."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any
from urllib.parse import quote

from stackwright.diff.model import Diff, Risk
from stackwright.report.diff.remarks import Level, Remark, remarks

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

MOST = 5_000
"""Results that GitHub's code scanning shows of one run."""

_RULES: dict[Risk, tuple[str, str, Level]] = {
    Risk.DATA_LOSS: (
        "DataLoss",
        "Something that holds data would be deleted or replaced.",
        Level.ERROR,
    ),
    Risk.BROKEN_PROJECT: (
        "BrokenProject",
        "A project relies on a key of the wiring that the change takes away.",
        Level.ERROR,
    ),
    Risk.HAZARD: (
        "Hazard",
        "A service would refuse the change, or take something new for what goes.",
        Level.ERROR,
    ),
    Risk.INTERRUPTION: (
        "Interruption",
        "Something that answers requests would stop to do so for a while.",
        Level.WARNING,
    ),
    Risk.ACCESS: ("WiderAccess", "Somebody may do more than before.", Level.WARNING),
    Risk.REPLACEMENT: (
        "Replacement",
        "A resource would be deleted and made anew.",
        Level.WARNING,
    ),
    Risk.UNCERTAIN: (
        "PossibleReplacement",
        "Nobody measured whether the change replaces the resource.",
        Level.NOTE,
    ),
}
"""Risk -> name, description and usual level of its rule; a routine change has no result."""

_LINK = re.compile(r"\](?=\()")
_PLACEHOLDER = re.compile(r"\{(?=\d+\})")


def sarif(diff: Diff) -> str:
    """Return the log: one result for each finding, the worst first, at most `MOST`.

    The fingerprint of a result stays as long as it is about the same resource, wherever its line
    moves to. A result that no line of the blueprint caused is at the first line of its file.
    """
    rules = {risk: place for place, risk in enumerate(_RULES)}
    driver: dict[str, Any] = {"name": "Stackwright", "rules": [_rule(risk) for risk in _RULES]}
    version = diff.head.stackwright or diff.base.stackwright
    if version:
        driver["version"] = version
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": "stackwright/diff/"},
        "results": [_result(one, rules[one.risk]) for one in remarks(diff)[:MOST]],
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def _rule(risk: Risk) -> dict[str, Any]:
    name, description, level = _RULES[risk]
    return {
        "id": risk.value,
        "name": name,
        "shortDescription": {"text": description},
        "defaultConfiguration": {"level": level.value},
        "properties": {"tags": ["infrastructure"]},
    }


def _result(remark: Remark, rule: int) -> dict[str, Any]:
    digest = hashlib.sha256(f"{remark.risk}\0{remark.key}".encode()).hexdigest()
    place = {
        "artifactLocation": {"uri": quote(remark.file)},
        "region": {"startLine": remark.line},
    }
    return {
        "ruleId": remark.risk.value,
        "ruleIndex": rule,
        "level": remark.level.value,
        "message": {"text": _plain(f"{remark.title}. {remark.message}")},
        "locations": [{"physicalLocation": place}],
        # The first is the name by which GitHub tells that two results are the same.
        "partialFingerprints": {
            "primaryLocationLineHash": f"{digest[:16]}:1",
            "stackwrightFinding/v1": digest,
        },
    }


def _plain(text: str) -> str:
    """Return a text in which nothing is a link or a placeholder of a message of SARIF."""
    return _PLACEHOLDER.sub("{ ", _LINK.sub("] ", text))
