from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from stackwright.plan.graph import Resource
from stackwright.registry.ecr.component import Ecr
from stackwright.registry.ecr.settings import EcrSettings
from stackwright.scope import Scope
from stackwright.wiring import check_promise

URL = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme-ml/prod"

Registry = Callable[..., Mapping[str, Resource]]


@pytest.fixture
def registry(scope: Scope, on_aws: Any) -> Registry:
    def make(**settings: Any) -> Mapping[str, Resource]:
        def program(opts: pulumi.ResourceOptions) -> None:
            chosen: Any = settings
            Ecr("registry", {"scope": scope, "settings": chosen}, opts)

        made: Mapping[str, Resource] = on_aws(program)
        return {name: found for name, found in made.items() if name != "aws"}

    return make


def test_a_registry_is_made_of_these_resources(registry: Registry) -> None:
    assert sorted(registry()) == [
        "registry-key",
        "registry-key-alias",
        "registry-models",
        "registry-models-lifecycle",
        "registry-services",
        "registry-services-lifecycle",
    ]


def test_tags_stay_where_they_are_and_images_are_scanned_and_encrypted(registry: Registry) -> None:
    inputs = registry(repositories=["models"])["registry-models"].inputs
    (encryption,) = inputs["encryptionConfigurations"]
    assert inputs["name"] == "acme-ml/prod/models"
    assert inputs["imageTagMutability"] == "IMMUTABLE"
    assert inputs["imageScanningConfiguration"] == {"scanOnPush": True}
    assert encryption["encryptionType"] == "KMS"
    assert encryption["kmsKey"].endswith("::registry-key#arn}")


def test_images_are_not_deleted_with_their_repository(registry: Registry) -> None:
    repository = registry(repositories=["models"])["registry-models"]
    assert repository.options.protect is True
    assert repository.inputs["forceDelete"] is False


def test_old_and_untagged_images_expire(registry: Registry) -> None:
    made = registry(repositories=["models"], keep_images=50, untagged_days=3)
    rules = json.loads(made["registry-models-lifecycle"].inputs["policy"])["rules"]
    assert [
        (rule["selection"]["tagStatus"], rule["selection"]["countNumber"]) for rule in rules
    ] == [
        ("untagged", 3),
        ("any", 50),
    ]


def test_nobody_gets_in_by_a_repository_policy(registry: Registry) -> None:
    assert not any("RepositoryPolicy" in found.type for found in registry().values())


def test_the_url_is_known_before_anything_exists(scope: Scope, on_aws: Any) -> None:
    seen: dict[str, Any] = {}

    def program(opts: pulumi.ResourceOptions) -> None:
        component = Ecr("registry", {"scope": scope}, opts)
        seen.update(binding=component.binding("serving-images"), wiring=component.wiring())

    on_aws(program)
    assert seen["binding"]["url"] == URL
    assert seen["wiring"] == {"url": URL}
    assert tuple(seen["binding"]) == EcrSettings.gives
    check_promise(EcrSettings.contract, frozenset(seen["wiring"]))


def test_the_url_in_china_ends_in_its_own_domain(on_aws: Any) -> None:
    seen: dict[str, Any] = {}
    scope = Scope(name="acme-ml", environment="prod", account="123456789012", region="cn-north-1")

    def program(opts: pulumi.ResourceOptions) -> None:
        seen.update(Ecr("registry", {"scope": scope}, opts).wiring())

    on_aws(program)
    assert seen["url"] == "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/acme-ml/prod"


def test_repositories_come_and_go_without_moving_others(registry: Registry) -> None:
    before, after = registry(repositories=["a", "b"]), registry(repositories=["c", "b"])
    assert after["registry-b"].urn == before["registry-b"].urn


@pytest.mark.parametrize(
    "settings",
    [
        {"repositories": []},
        {"repositories": ["models", "models"]},
        {"repositories": ["Models"]},
        {"repositories": ["models/"]},
        {"repositories": ["a--b"]},
        {"keep_images": 0},
        {"untagged_days": 0},
    ],
)
def test_settings_that_ecr_would_refuse_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        EcrSettings.model_validate_json(json.dumps({"kind": "ecr", **settings}))
