"""Runs checks, all at once, each until it is answered or the time is over."""

from __future__ import annotations

import importlib
import queue
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeAlias

from stackwright import checks
from stackwright.checks import Check
from stackwright.claims import Layer
from stackwright.engine.preflight.declared import declared
from stackwright.engine.preflight.result import Result, State, Unanswered
from stackwright.engine.preflight.worlds import Worlds
from stackwright.environment import Environment
from stackwright.plan.graph import Plan

Verifier: TypeAlias = Callable[[Check, Worlds], Result]

WITHIN = 90.0
"""Seconds after which a check without an answer is given up."""

VERIFIERS: Mapping[type[Check], str] = {
    checks.AwsAccount: "aws_account:account",
    checks.EksAdministrator: "aws_account:administrator",
    checks.ServiceRole: "aws_account:service_role",
    checks.IdentityProvider: "aws_account:identity_provider",
    checks.AwsZones: "aws_offers:zones",
    checks.InstanceTypesOffered: "aws_offers:instance_types",
    checks.EndpointServicesOffered: "aws_offers:endpoint_services",
    checks.EksVersionOffered: "aws_offers:cluster_version",
    checks.DatabaseOffered: "aws_offers:database",
    checks.ClusterReached: "kubernetes:reached",
    checks.ClusterIdentity: "kubernetes:identity",
    checks.ServerVersion: "kubernetes:version",
    checks.CustomResourcesInstalled: "kubernetes:custom_resources",
    checks.OperatorNotForeign: "kubernetes:operator",
    checks.ObjectExists: "kubernetes:object_exists",
    checks.DefaultStorageClass: "kubernetes:default_storage_class",
    checks.NamespaceNotForeign: "kubernetes:namespace",
    checks.ProgramFound: "machine:program",
    checks.ClockAgrees: "machine:clock",
}
"""Module of this package and function that verifies each kind of check. They are imported when
they are needed, since libraries of clouds are slow to load."""


def verify(
    environment: Environment,
    plan: Plan | None,
    *,
    layers: Collection[Layer] = tuple(Layer),
    report: Callable[[Result], None] = lambda _: None,
    within: float = WITHIN,
) -> tuple[Result, ...]:
    """Verify all that an environment assumes and that can be asked; nothing is changed.

    Args:
        environment: The resolved environment.
        plan: Its plan, which tells every namespace; None for one of each tool.
        layers: Layers that are about to be changed; checks of others are left out.
        report: Called with each result as soon as it is there, in the thread of the caller.
        within: Seconds after which what is not answered is `unknown`.

    Returns:
        The results, in the order in which the checks are declared.
    """
    every = declared(environment, plan)
    found = [check for check in every if check.layer in layers]
    # A cluster of EKS is opened through the account, which belongs to the layer below.
    return verify_checks(found, worlds=Worlds(every), report=report, within=within)


def verify_checks(
    wanted: Sequence[Check],
    *,
    worlds: Worlds | None = None,
    report: Callable[[Result], None] = lambda _: None,
    within: float = WITHIN,
) -> tuple[Result, ...]:
    """Verify some checks; see `verify`. Without `worlds` they are those of these checks."""
    worlds = worlds or Worlds(wanted)
    answers: queue.Queue[Result] = queue.Queue()
    for check in wanted:
        # A check that hangs must not keep the command from ending, so nobody joins its thread.
        threading.Thread(target=_answer, args=(check, worlds, answers), daemon=True).start()
    results: dict[int, Result] = {}
    end = time.monotonic() + within
    while len(results) < len(wanted):
        try:
            result = answers.get(timeout=max(end - time.monotonic(), 0))
        except queue.Empty:
            break
        results[id(result.check)] = result
        report(result)
    for check in wanted:
        if id(check) not in results:
            late = Result(check, State.UNKNOWN, f"no answer came within {within:g} seconds.")
            results[id(check)] = late
            report(late)
    return tuple(results[id(check)] for check in wanted)


def _answer(check: Check, worlds: Worlds, answers: queue.Queue[Result]) -> None:
    try:
        answers.put(_verifier(check)(check, worlds))
    except Unanswered as reason:
        answers.put(Result(check, reason.state, reason.found, reason.mend))
    except Exception as error:
        kind = type(error).__name__
        answers.put(Result(check, State.UNKNOWN, f"the check itself failed: {kind}.", _REPORT_IT))


_REPORT_IT = "report it as a mistake of Stackwright, with the output of `stackwright doctor`"


def _verifier(check: Check) -> Verifier:
    module, _, function = VERIFIERS[type(check)].partition(":")
    found: Verifier = getattr(importlib.import_module(f"{__package__}.{module}"), function)
    return found
