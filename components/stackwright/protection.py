"""Lifting protection: what the blueprint allows to be replaced must not be protected any more."""

from __future__ import annotations

import copy
from collections.abc import Collection

import pulumi
import pulumi.runtime


def lift_protection(keys: Collection[str]) -> None:
    """Let the engine replace or delete resources that are made from here on.

    Args:
        keys: The resources, each as `TYPE::NAME`. All others keep the protection they ask for.
    """
    if not keys:
        return

    def lift(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if f"{args.type_}::{args.name}" not in keys:
            return None
        options = copy.copy(args.opts)
        options.protect = False
        return pulumi.ResourceTransformationResult(args.props, options)

    pulumi.runtime.register_stack_transformation(lift)
