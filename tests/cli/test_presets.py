"""A preset is small: it leaves out what only the user can know, and what is a default."""

from __future__ import annotations

import pytest

from stackwright_cli.presets import PRESETS, TARGETS, preset


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_holds_nothing_that_only_the_user_knows(name: str, target: str) -> None:
    found = preset(name, target, "acme-ml", ">=0.1,<0.2")
    assert list(found)[:5] == ["apiVersion", "requires", "name", "target", "profile"]
    assert (found["name"], found["requires"]) == ("acme-ml", ">=0.1,<0.2")
    assert found["target"] == {"kind": target}
    assert not {"administrators", "context", "uid"} & set(found["cluster"])


@pytest.mark.parametrize("target", TARGETS)
def test_each_preset_has_every_capability_of_the_smaller_ones(target: str) -> None:
    sizes = [set(preset(name, target, "acme-ml", "")) for name in PRESETS]
    assert sizes[0] < sizes[1] < sizes[2]


@pytest.mark.parametrize("target", TARGETS)
def test_production_has_an_environment_to_try_changes_in(target: str) -> None:
    found = preset("production", target, "acme-ml", "")
    assert found["profile"] == "production"
    assert found["environments"]["staging"] == {"profile": "development"}


@pytest.mark.parametrize("target", TARGETS)
def test_a_starter_is_for_development(target: str) -> None:
    found = preset("starter", target, "acme-ml", "")
    assert (found["profile"], list(found["environments"])) == ("development", ["dev"])


def test_a_preset_can_be_changed_without_changing_the_next() -> None:
    preset("starter", "aws", "acme-ml", "").pop("profile")
    assert preset("starter", "aws", "acme-ml", "")["profile"] == "development"
