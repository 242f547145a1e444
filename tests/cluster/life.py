"""The life of all objects of a plan on a control plane, from their creation to the last trace."""

from __future__ import annotations

from collections.abc import Sequence

import yaml
from tests.cluster.client import Object
from tests.cluster.control_plane import ControlPlane
from tests.cluster.definitions import install
from tests.cluster.objects import EVERY, WITHIN, changed_by_applying_again, made, unready
from tests.cluster.sharing import alone
from tests.servers.process import eventually

from stackwright.plan.graph import Plan
from stackwright.report.manifests import manifests

BINDINGS = {
    "cluster/cluster-foundation/key_arn": "arn:aws:kms:eu-west-1:123456789012:key/"
    "1f0c7a52-6d34-4f0e-9f27-3a1f0d8c5b6e",
    "database/database-foundation/master_secret": "arn:aws:secretsmanager:eu-west-1:123456789012:"
    "secret:rds!db-1f0c7a52-AbCdEf",
    "database/database-foundation/host": "database.c1a2b3c4d5e6.eu-west-1.rds.amazonaws.com",
}
"""What a foundation on AWS gives its platform."""


def objects(plan: Plan) -> list[Object]:
    """Return the objects of a plan as `plan --format manifests --bindings` writes them."""
    return [
        item
        for path, text in manifests(plan, BINDINGS).items()
        if path.endswith(".yaml") and not path.endswith(".values.yaml")
        for item in yaml.safe_load_all(text)
    ]


def live(control_plane: ControlPlane, wanted: Sequence[Object]) -> None:
    """Take objects through their life: accepted, ready, the same when applied again, gone.

    Args:
        control_plane: Where they live; one that runs no pods skips the test by name.
        wanted: The objects, in the order in which they are made.
    """
    control_plane.run_pods()
    client = control_plane.client
    install(client, wanted)
    with alone(control_plane), made(client, wanted) as found:
        assert found.complaints == []
        eventually(lambda: not unready(client, wanted), "not all is ready", WITHIN, EVERY)
        assert changed_by_applying_again(client, wanted) == []
    assert (found.complaints, found.left) == ([], [])
