from __future__ import annotations

import pytest

from stackwright.blueprint import requirement
from stackwright.blueprint.requirement import require_this_version


@pytest.fixture(autouse=True)
def version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requirement, "__version__", "0.4.2")


@pytest.mark.parametrize("text", ["", ">=0.4", ">=0.4,<0.5", "~=0.4.1", "==0.4.*", " >= 0.4 , <1"])
def test_a_range_with_the_running_version_in_it_is_accepted(text: str) -> None:
    assert require_this_version(text) == text


@pytest.mark.parametrize("text", [">=1", "<0.4", "==0.3.*", ">=0.4,<0.4.2"])
def test_a_range_without_the_running_version_says_which_one_runs(text: str) -> None:
    with pytest.raises(ValueError, match=r"this is 0\.4\.2; install the version with: pip install"):
        require_this_version(text)


@pytest.mark.parametrize("text", [">=", "0.4", ">=0.4,<", "=>0.4", ">=0.4 <1", "1,2"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no range of versions"):
        require_this_version(text)
