from __future__ import annotations

import pytest

from stackwright.blueprint.reader import parse
from stackwright.environment import check
from stackwright.errors import BlueprintError

ON_AWS = """\
apiVersion: stackwright/v1
name: acme
target: {kind: aws, region: eu-west-1, account: "111122223333"}
cluster:
  kind: eks
  administrators: ["arn:aws:iam::111122223333:role/platform"]
  access: {endpoint: private, via: vpn}
"""

ON_A_CLUSTER = """\
apiVersion: stackwright/v1
name: acme
target: {kind: existing-cluster}
cluster: {kind: existing, context: acme, uid: 1f0c7a52-6d34-4f0e-9f27-3a1f0d8c5b6e}
"""


def problems(text: str) -> list[str]:
    try:
        check(parse(text, "blueprint.yaml"))
    except BlueprintError as error:
        return [str(item).removeprefix("blueprint.yaml:") for item in error.problems]
    return []


def serving(reference: str) -> str:
    return (
        "serving:\n"
        "  kind: deployment\n"
        "  image: registry.example.com/acme/churn:v1\n"
        f"  secret_env: {{API: {{{reference}}}}}\n"
    )


FROM_AWS = "from: aws-secrets-manager, key: key, name: "


@pytest.mark.parametrize("begin", [ON_AWS, ON_A_CLUSTER])
def test_a_variable_of_a_laptop_is_no_secret_of_a_platform(begin: str) -> None:
    text = begin + serving("from: environment, variable: API")
    line = len(text.splitlines())
    assert problems(text) == [
        f"{line}:22: serving.secret_env.API.from: an environment variable is only for a laptop,"
        " and nothing in the cluster sees it; write from: kubernetes or from: aws-secrets-manager."
    ]
    assert problems(begin + serving("from: kubernetes, namespace: a, name: b, key: c")) == []


def test_a_secret_of_aws_outside_aws_needs_a_region() -> None:
    text = ON_A_CLUSTER + serving(f"{FROM_AWS}acme/api")
    assert problems(text) == [
        "8:22: serving.secret_env.API.from: the AWS region of this secret is not known; write it"
        " for the secret store, for example"
        " `secrets: {kind: external-secrets, aws_region: eu-west-1}`."
    ]
    assert problems(f"{text}secrets: {{kind: external-secrets, aws_region: eu-west-1}}\n") == []


def test_a_secret_of_aws_has_a_name_that_the_role_of_the_environment_may_read() -> None:
    text = ON_AWS + serving(f"{FROM_AWS}acme/prod/api") + "environments: {prod: {}, dev: {}}\n"
    assert problems(text) == [
        "11:59: serving.secret_env.API.name: the role of external-secrets may read no secret of"
        " this name; allowed is a name that begins with acme/dev/."
    ]
    assert problems(ON_AWS + serving(f"{FROM_AWS}acme/default/api")) == []


def test_the_role_of_an_operator_that_is_there_is_not_judged() -> None:
    text = ON_AWS + serving(f"{FROM_AWS}other/api")
    assert problems(f"{text}secrets: {{kind: external-secrets, install: false}}\n") == []


@pytest.mark.parametrize(
    ("capability", "tool"),
    [
        ("certificates", "kind: cert-manager"),
        ("database", "kind: cloudnative-pg"),
        ("monitoring", "kind: kube-prometheus-stack"),
        ("secrets", "kind: external-secrets"),
    ],
)
def test_what_a_cluster_holds_once_is_installed_by_the_first_that_is_written(
    capability: str, tool: str
) -> None:
    kind = tool.removeprefix("kind: ")
    others = "".join(
        f"{name}: {{kind: {default}}}\n"
        for name, default in (("certificates", "cert-manager"), ("secrets", "external-secrets"))
        if name != capability
    )
    text = f"{ON_A_CLUSTER}{others}{capability}:\n  {capability}: {{{tool}}}\n  again: {{{tool}}}\n"
    assert problems(text) == [
        f"{len(text.splitlines())}:3: {capability}.again: a cluster holds {kind} once, and"
        f" {capability} installs it; set install: false."
    ]
    given = "install: false" + (", issuer: internal" if capability == "certificates" else "")
    assert problems(text.replace(f"again: {{{tool}", f"again: {{{tool}, {given}")) == []


def test_what_lives_in_a_namespace_of_its_own_may_be_installed_twice() -> None:
    text = f"{ON_A_CLUSTER}storage: {{storage: {{kind: seaweedfs}}, cold: {{kind: seaweedfs}}}}\n"
    assert problems(text) == []
