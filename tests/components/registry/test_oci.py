from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from stackwright.registry.oci.component import OciRegistry
from stackwright.registry.oci.settings import OciRegistrySettings
from stackwright.scope import Scope
from stackwright.wiring import check_promise


def test_it_makes_nothing_and_says_where_images_are(scope: Scope, in_cluster: Any) -> None:
    seen: dict[str, Any] = {}

    def program(opts: pulumi.ResourceOptions) -> None:
        args: Any = {"scope": scope, "settings": {"url": "ghcr.io/acme"}}
        component = OciRegistry("registry", args, opts)
        seen.update(binding=component.binding("serving-images"), wiring=component.wiring())

    assert list(in_cluster(program)) == ["cluster"]
    assert seen == {"binding": {"url": "ghcr.io/acme"}, "wiring": {"url": "ghcr.io/acme"}}
    check_promise(OciRegistrySettings.contract, frozenset(seen["wiring"]))


@pytest.mark.parametrize(
    "url",
    ["ghcr.io/acme", "registry.example.com", "localhost:5000/a", "harbor.a-b.com:8443/b__c"],
)
def test_a_host_with_or_without_a_path_is_allowed(url: str) -> None:
    text = json.dumps({"kind": "oci", "url": url})
    assert OciRegistrySettings.model_validate_json(text).url == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "acme",
        "https://ghcr.io/acme",
        "ghcr.io/Acme",
        "ghcr.io/acme/",
        "ghcr.io/acme:v1",
        "ghcr.io/../acme",
        "user:pass@ghcr.io/acme",
        "ghcr.io/acme\n",
    ],
)
def test_what_is_no_host_and_path_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        OciRegistrySettings.model_validate_json(json.dumps({"kind": "oci", "url": url}))
