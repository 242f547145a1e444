from __future__ import annotations

import json
from datetime import date
from importlib import resources

from stackwright.cluster.eks.versions import FACTS, KubernetesVersion, standard_support_ends


def test_the_end_of_support_is_known_where_aws_has_announced_it() -> None:
    assert {version.value: standard_support_ends(version) for version in KubernetesVersion} == {
        "1.34": date(2026, 12, 2),
        "1.35": date(2027, 3, 27),
        "1.36": None,
    }


def test_the_facts_name_their_source_and_date_and_no_other_version() -> None:
    facts = json.loads((resources.files("stackwright.data") / FACTS).read_text(encoding="utf-8"))
    assert facts["source"].startswith("Amazon EKS user guide")
    assert date.fromisoformat(facts["read"]) >= date(2026, 11, 1)
    assert sorted(facts["standard_support_ends"]) == [
        version.value for version in KubernetesVersion
    ]
