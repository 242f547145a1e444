"""A resolution says who is in an environment, who answers each claim, and the order of all parts.

A part is what one tool has in one layer. A part comes after every part of its layer that it
needs; a tool of the foundation never needs one of the platform. `resolver.py` makes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from stackwright.blueprint.document import Location
from stackwright.claims import Claim, Layer, OwnPartClaim, SecretStoreClaim
from stackwright.tool import ToolSettings

Finding = tuple[Location, str]
"""A problem of the blueprint: where, and what."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One tool of the environment."""

    name: str
    capability: str
    settings: ToolSettings
    location: Location
    """Where the tool stands in the blueprint; for an assumed one, where it would stand."""
    assumed: bool = False
    """True when the blueprint does not name the tool and another one needs it."""


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """What one tool has in one layer."""

    layer: Layer
    instance: str


@dataclass(frozen=True, slots=True)
class Use:
    """A claim and the part that answers it."""

    consumer: Part
    name: str
    """The consumer's word for the claim, such as `artifacts`."""
    claim: Claim
    provider: Part

    @property
    def key(self) -> str:
        """Name of the use among all that the provider answers."""
        return f"{self.consumer.instance}-{self.name}"


@dataclass(slots=True)
class Resolution:
    """Who is there, who uses whom, and in which order parts are made."""

    instances: dict[str, Instance] = field(default_factory=dict)
    uses: list[Use] = field(default_factory=list)
    order: tuple[Part, ...] = ()

    def given(self, use: Use) -> tuple[str, ...]:
        """Return the fields that the provider's foundation part gives for a use."""
        settings = self.instances[use.provider.instance].settings
        return settings.hands_over if isinstance(use.claim, OwnPartClaim) else settings.gives

    def grants(self, identity: Use) -> tuple[Use, ...]:
        """Return the uses whose policies a workload's role needs.

        They are the workload's own, and for a secret store those of everybody it reads for.
        """
        workload = identity.consumer.instance
        own = [use for use in self.uses if use.consumer.instance == workload]
        read_for = {
            use.consumer.instance
            for use in self.uses
            if isinstance(use.claim, SecretStoreClaim) and use.provider.instance == workload
        }
        handed = [
            use
            for use in self.uses
            if isinstance(use.claim, OwnPartClaim) and use.consumer.instance in read_for
        ]
        return tuple(use for use in (*own, *handed) if "policy" in self.given(use))
