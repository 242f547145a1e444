from __future__ import annotations

from dataclasses import replace

from tests.components.report.diff.diffs import (
    DEPLOYMENT,
    cause,
    change,
    diff,
    environment,
    grave,
)

from stackwright.diff.changes import Action
from stackwright.diff.model import Presence
from stackwright.report.diff.markdown import markdown


def test_the_verdict_comes_first_and_says_what_to_do() -> None:
    shown = markdown(grave())
    first = shown.split("\n\n")[1]
    assert first.startswith("> [!CAUTION]\n> **1 resource with data would be lost")
    assert "name the resource under `allow_replacement`" in first
    assert shown.index("**64 resources in 3 of 3 environments**") < shown.index("### ")


def test_a_forge_without_alerts_gets_a_plain_quote() -> None:
    shown = markdown(grave(), alerts=False)
    assert "[!" not in shown
    assert "> **1 resource with data would be lost" in shown


def test_an_environment_that_does_not_change_is_only_named() -> None:
    made = environment("prod", change(DEPLOYMENT, "api", Action.DELETE))
    shown = markdown(diff(environment("dev"), made))
    assert "Nothing changes in `dev`." in shown
    assert "| `prod` | none found | **1 deleted** | 210 |" in shown


def test_a_new_environment_is_marked() -> None:
    made = replace(environment("prod"), presence=Presence.ADDED)
    assert "| `prod` (added) |" in markdown(diff(made))


def test_causes_name_what_follows_for_their_tool() -> None:
    assert (
        "| `tracking.replicas`<br>`blueprint.yaml:44` | `1` to `2` | everywhere "
        "| tracking server (MLflow): 14 updated |"
    ) in markdown(grave())


def test_many_causes_are_folded() -> None:
    many = [cause(f"tracking.labels.a{n}", n, n + 1, "tracking", n) for n in range(40)]
    made = diff(environment("prod", change(DEPLOYMENT, "api")), causes=many)
    assert "<details><summary><b>Caused by 40 blueprint lines</b></summary>" in markdown(made)


def test_a_digest_in_a_cause_is_as_long_as_it_takes_to_tell_it() -> None:
    before, after = (f"registry/model@sha256:{digit * 64}" for digit in "ab")
    line = cause("serving.simple.image", before, after, "serving", 3)
    shown = markdown(diff(environment("prod", change(DEPLOYMENT, "api")), causes=[line]))
    assert f"sha256:{'a' * 12}...</code> to" in shown
    twin = replace(line, after=f"registry/model@sha256:{'a' * 60}bbbb")
    shown = markdown(diff(environment("prod", change(DEPLOYMENT, "api")), causes=[twin]))
    assert f"sha256:{'a' * 60}bbbb" in shown
