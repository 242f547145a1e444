from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import yaml

from stackwright.errors import InputError
from stackwright.plan.graph import JsonValue, Layer, Plan, Resource
from stackwright.report.manifests import manifests, stream

SERVICE = """\
---
apiVersion: v1
kind: Service
metadata:
  name: mlflow
  namespace: acme-ml-prod-tracking
spec:
  clusterIP: None
"""

SCRIPT = """\
#!/bin/sh
set -eu
cd "$(dirname "$0")"
kubectl apply --server-side -f platform/tracking.yaml
"""

BINDINGS = {
    "bindings": {
        "storage.data": {"url": "s3://acme-ml-prod-data/data", "arn": "arn:aws:s3:::acme"},
        "database.address": "db.internal",
        "database.port": 5432,
    }
}


def documents(text: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(text))


def one(kind: str, inputs: dict[str, JsonValue]) -> Plan:
    made = Resource(f"urn:{kind}", kind, "r", True, inputs, tool="t")
    return Plan("n", "e", "t", (Layer("platform", "p", "s", (made,)),))


def test_a_small_plan_is_these_files(tiny: Plan) -> None:
    expected = {"platform/tracking.yaml": SERVICE, "install.sh": SCRIPT}
    assert manifests(tiny) == expected


def test_each_object_is_written_once_in_the_file_of_its_tool(sample: Plan) -> None:
    files = manifests(sample)
    kinds = {
        path: [document["kind"] for document in documents(text)]
        for path, text in files.items()
        if path.endswith(".yaml") and not path.endswith(".values.yaml")
    }
    assert kinds == {
        "platform/tracking.yaml": ["Namespace", "ConfigMap", "Deployment", "Service"],
        "platform/monitoring.yaml": ["Namespace"],
        "platform/monitoring-after-monitoring.yaml": ["PrometheusRule"],
        "platform/program.yaml": ["ConfigMap"],
    }


def test_the_script_uses_every_file_in_the_order_of_registration(sample: Plan) -> None:
    lines = manifests(sample)["install.sh"].splitlines()[3:]
    assert [line.split()[-1] for line in lines] == [
        "platform/tracking.yaml",
        "platform/serving-kserve.values.yaml",
        "platform/monitoring.yaml",
        "platform/monitoring.values.yaml",
        "platform/monitoring-after-monitoring.yaml",
        "platform/program.yaml",
    ]


def test_symbols_stand_in_texts_and_other_unknowns_are_left_out_and_listed(sample: Plan) -> None:
    text = manifests(sample)["platform/tracking.yaml"]
    container = documents(text)[2]["spec"]["template"]["spec"]["containers"][0]
    assert container["env"][0]["value"].startswith("${output:urn:")
    assert container["ports"] == [{"containerPort": 5000}]
    assert "ports[0].hostPort: output port of database-server" in text.partition("---")[0]


def test_with_bindings_nothing_is_left_open(sample: Plan) -> None:
    files = manifests(sample, BINDINGS)
    container = documents(files["platform/tracking.yaml"])[2]["spec"]["template"]["spec"]
    assert container["containers"][0]["env"] == [
        {"name": "DATABASE", "value": "db.internal"},
        {"name": "STORE", "value": "s3://acme-ml-prod-data/mlflow"},
    ]
    assert container["containers"][0]["ports"] == [{"containerPort": 5000, "hostPort": 5432}]
    assert yaml.safe_load(files["platform/monitoring.values.yaml"])["grafana"]["bucket"] == (
        "acme-ml-prod-data"
    )
    assert not any("${output" in text or "Unresolved" in text for text in files.values())


def test_missing_bindings_are_listed_all_at_once(sample: Plan) -> None:
    with pytest.raises(InputError) as caught:
        manifests(sample, {})
    wanted = ["output address", "output bucket", "output port", "output bucket"]
    assert [word in str(p) for word, p in zip(wanted, caught.value.problems, strict=True)] == (
        [True] * 4
    )


def test_a_missing_binding_names_the_output_that_it_is_the_value_of() -> None:
    key = "urn:pulumi:prod::acme-ml-foundation::aws:kms/key:Key::key"
    origin = "${output:" + key + "#arn}"
    plan = one("kubernetes:core/v1:ConfigMap", {"metadata": {"name": "x"}, "data": {"k": origin}})
    foundation = Layer(
        name="foundation",
        project="acme-ml-foundation",
        stack="prod",
        resources=(),
        outputs={"cluster/policy": f"may use {origin}", "cluster/key_arn": origin},
    )
    with pytest.raises(InputError) as caught:
        manifests(dataclasses.replace(plan, layers=(foundation, *plan.layers)), {})
    assert [problem.hint for problem in caught.value.problems] == [
        "Give cluster/key_arn, an output of acme-ml-foundation, in the bindings."
    ]


def test_secrets_are_left_out_with_who_makes_them(sample: Plan, secret: str) -> None:
    text = manifests(sample, BINDINGS)["platform/tracking.yaml"]
    assert "Secret acme-ml-prod-tracking/token is left out: made by the deployment from " in text
    assert secret not in text
    assert "kind: Secret" not in text


def test_apart_from_secrets_a_resource_states_its_kind_even_when_its_inputs_do_not() -> None:
    plan = one("kubernetes:core/v1:ConfigMap", {"metadata": {"name": "x"}})
    assert documents(manifests(plan)["platform/t.yaml"]) == [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}
    ]


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc", "a b;c", ".hidden", "<x>|\n"])
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    inputs: dict[str, JsonValue] = {"chart": "c", "name": name}
    for kind in ("kubernetes:helm.sh/v3:Release", "kubernetes:core/v1:ConfigMap"):
        made = Resource("u", kind, name, True, inputs, tool=name)
        for path in manifests(Plan("n", "e", "t", (Layer(name, "p", "s", (made,)),))):
            assert not path.startswith(("/", "."))
            assert ".." not in path.split("/")
            assert path.count("/") <= 1


def test_two_names_that_look_alike_do_not_share_a_values_file() -> None:
    made = tuple(
        Resource(f"u{name}", "kubernetes:helm.sh/v3:Release", name, True, {"chart": name}, tool="t")
        for name in ("a b", "a-b")
    )
    files = manifests(Plan("n", "e", "t", (Layer("platform", "p", "s", made),)))
    assert len([path for path in files if path.endswith(".values.yaml")]) == 2


def test_a_plan_without_kubernetes_has_no_files() -> None:
    assert manifests(one("aws:s3/bucket:Bucket", {})) == {}


def test_the_stream_holds_the_objects_and_comments_only(sample: Plan) -> None:
    kinds = [document["kind"] for document in documents(stream(sample))]
    assert kinds == [
        "Namespace",
        "ConfigMap",
        "Deployment",
        "Service",
        "Namespace",
        "PrometheusRule",
        "ConfigMap",
    ]


def test_kubernetes_accepts_every_object(sample: Plan) -> None:
    kubernetes_validate = pytest.importorskip("kubernetes_validate")
    checked = []
    for document in documents(stream(sample, BINDINGS)):
        if document["kind"] != "PrometheusRule":  # Custom resources are not in its schemas.
            kubernetes_validate.validate(document, "1.34", strict=True)
            checked.append(document["kind"])
    assert "Deployment" in checked


def test_250_objects_are_250_documents(large: Plan) -> None:
    found = documents(stream(large))
    assert len(found) == 250
    assert all(document["apiVersion"] == "v1" for document in found)
