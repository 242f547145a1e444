"""Opens the API server of an environment's cluster, for what is read there after a deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackwright.engine.preflight.declared import declared
from stackwright.engine.preflight.result import Unanswered
from stackwright.engine.preflight.worlds import Worlds
from stackwright.environment import Environment
from stackwright.errors import StackwrightError

if TYPE_CHECKING:
    from stackwright.engine.api_server.client import ApiServer


def open_api(environment: Environment) -> ApiServer:
    """Return the API server of an environment's cluster, asked as the caller.

    Raises:
        StackwrightError: The cluster is not there, or does not answer or know the caller.
    """
    worlds = Worlds(declared(environment, None))
    if not worlds.has_cluster:
        raise StackwrightError("the environment has no cluster.")
    try:
        return worlds.open_cluster().api
    except Unanswered as refusal:
        raise StackwrightError(f"{refusal.found} {refusal.mend}".strip()) from refusal
