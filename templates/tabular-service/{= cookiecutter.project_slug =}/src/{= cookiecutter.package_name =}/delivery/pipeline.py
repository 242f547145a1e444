"""What the delivery pipeline of an environment works with, read from the wiring at run time."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .. import PROJECT
from ..environment import Environment
from .collecting import Problems

_ECR = re.compile(r"[0-9]{12}\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")


@dataclass(frozen=True)
class Pipeline:
    """Whose rights the pipeline takes, and where it pushes images."""

    role: str
    """ARN of the role that the pipeline assumes with its OpenID Connect token."""
    region: str
    """Region that the role's requests are signed for."""
    registry: str
    """Host of the image registry."""
    image: str
    """Registry and repository of the project's image, without a tag."""


def pipeline(environment: Environment) -> Pipeline:
    """Return what the pipeline of an environment works with.

    Raises:
        InputError: The wiring lacks a value; every one is named.
    """
    problems = Problems()
    prefix = url = region = ""
    with problems.collected():
        prefix = environment.need("Delivery.role_prefix")
    with problems.collected():
        url = environment.need("ImageRegistry.url").rstrip("/")
    host = url.partition("/")[0]
    if ecr := _ECR.fullmatch(host):
        region = ecr["region"]
    else:
        with problems.collected():
            region = environment.need("ObjectStore.region")
    problems.refuse()
    return Pipeline(f"{prefix}{PROJECT}", region, host, f"{url}/{PROJECT}")
