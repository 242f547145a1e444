from __future__ import annotations

import shlex

from stackwright.report.releases import Release


def test_a_chart_of_a_repository_is_installed_by_one_line() -> None:
    release = Release(
        "monitoring",
        {
            "chart": "kube-prometheus-stack",
            "version": "75.0.0",
            "namespace": "ml-monitoring",
            "repositoryOpts": {"repo": "https://charts.example"},
            "skipCrds": True,
            "atomic": False,
            "timeout": 600,
        },
    )
    assert release.command("m.values.yaml") == (
        "helm upgrade --install monitoring kube-prometheus-stack --version 75.0.0 "
        "--namespace ml-monitoring --repo https://charts.example --skip-crds --wait "
        "--timeout 600s -f m.values.yaml"
    )


def test_a_chart_of_an_oci_registry_has_no_repository() -> None:
    release = Release("r", {"chart": "oci://charts.example/kserve", "skipAwait": True})
    assert release.command("v") == "helm upgrade --install r oci://charts.example/kserve -f v"


def test_no_value_is_read_by_the_shell() -> None:
    words = shlex.split(
        Release("a; rm -rf /", {"chart": "$(x)", "namespace": "`y`"}).command("v w")
    )
    assert words[3:5] == ["a; rm -rf /", "$(x)"]
    assert words[-1] == "v w"
    assert "`y`" in words
