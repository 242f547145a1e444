"""What an Alertmanager notification says, and whether it is new.

The payload is untrusted: it can only answer the question "does one of our alerts fire anew?".
Nothing of it is ever passed on.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Collection

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Identity = tuple[str, str, str]
"""Group key, fingerprint and start time: the same for every repetition of one alert."""


class _Alert(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)

    status: str = Field(max_length=20)
    labels: dict[str, str]
    starts_at: str = Field(alias="startsAt", max_length=64)
    fingerprint: str = Field(max_length=128)


class Notification(BaseModel):
    """The part of Alertmanager's webhook payload (version 4) that matters; the rest is ignored."""

    model_config = ConfigDict(frozen=True, strict=True)

    group_key: str = Field(alias="groupKey", max_length=4096)
    alerts: list[_Alert] = Field(max_length=1000)

    def firing(self, names: Collection[str], model: str) -> set[Identity]:
        """Identities of the alerts that fire, have one of the names, and are about the model."""
        return {
            (self.group_key, alert.fingerprint, alert.starts_at)
            for alert in self.alerts
            if alert.status == "firing"
            and alert.labels.get("alertname") in names
            and alert.labels.get("model") == model
        }


def read_notification(body: bytes) -> Notification:
    """Parse a request body.

    Raises:
        ValueError: it is not JSON, or not a notification; the message repeats nothing of the body.
    """
    try:
        return Notification.model_validate_json(body)
    except ValidationError as error:
        # Only the first part of a place is ours; deeper ones may be names from outside.
        places = sorted({str(problem["loc"][0]) for problem in error.errors() if problem["loc"]})
        where = f" (look at: {', '.join(places)})" if places else ""
        raise ValueError(f"not a notification of Alertmanager{where}") from None


class Seen:
    """Remembers alerts for some time, so that a repeated or replayed notification is dropped.

    Args:
        seconds: how long an alert is remembered.
        capacity: how many are remembered at most; beyond that the oldest is forgotten.
        clock: seconds that only go forward.
    """

    def __init__(
        self, seconds: float, capacity: int = 1000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._capacity = capacity
        self._clock = clock
        self._times: OrderedDict[Identity, float] = OrderedDict()

    def new(self, identities: Collection[Identity]) -> set[Identity]:
        """Those of the alerts that are not remembered."""
        oldest = self._clock() - self._seconds
        while self._times and next(iter(self._times.values())) <= oldest:
            self._times.popitem(last=False)
        return {identity for identity in identities if identity not in self._times}

    def remember(self, identities: Collection[Identity]) -> None:
        """Remember alerts from now on."""
        now = self._clock()
        for identity in identities:
            self._times[identity] = now
            self._times.move_to_end(identity)
        while len(self._times) > self._capacity:
            self._times.popitem(last=False)
