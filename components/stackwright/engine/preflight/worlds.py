"""What checks share: the account and the cluster, each opened once, by whoever needs it first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from stackwright.checks import AwsAccount, Check, ClusterReached
from stackwright.engine.preflight.result import State, Unanswered

if TYPE_CHECKING:
    from stackwright.engine.preflight.aws import Account
    from stackwright.engine.preflight.cluster import Cluster

Opened = TypeVar("Opened")


class Once(Generic[Opened]):
    """Something that is opened once; who comes later gets the same, or the same refusal."""

    def __init__(self, opener: Callable[[], Opened]) -> None:
        self._opener = opener
        self._lock = threading.Lock()
        self._opened: Opened | None = None
        self._refusal: Unanswered | None = None

    def __call__(self) -> Opened:
        """Return it.

        Raises:
            Unanswered: It could not be opened.
        """
        with self._lock:
            if self._refusal is not None:
                raise self._refusal
            if self._opened is None:
                try:
                    self._opened = self._opener()
                except Unanswered as refusal:
                    self._refusal = refusal
                    raise
            return self._opened


class Worlds:
    """The account and the cluster that some checks are about."""

    def __init__(self, wanted: Sequence[Check]) -> None:
        self._accounts = [check for check in wanted if isinstance(check, AwsAccount)]
        self._clusters = [check for check in wanted if isinstance(check, ClusterReached)]
        self.open_account = Once(self._open_account)
        self.open_cluster = Once(self._open_cluster)

    @property
    def has_account(self) -> bool:
        """Whether any check is about an account of AWS."""
        return bool(self._accounts)

    @property
    def has_cluster(self) -> bool:
        """Whether any check is about a cluster."""
        return bool(self._clusters)

    def account(self) -> Account:
        """Return the account, for what is asked of it.

        Raises:
            Unanswered: The credentials are not valid, or of another account.
        """
        try:
            return self.open_account()
        except Unanswered as refusal:
            raise Unanswered(
                State.SKIPPED, "not asked, because the AWS account could not be."
            ) from refusal

    def cluster(self) -> Cluster:
        """Return the cluster, for what is asked of it.

        Raises:
            Unanswered: It is not there yet, or does not answer.
        """
        try:
            return self.open_cluster()
        except Unanswered as refusal:
            skipped = refusal.state is State.SKIPPED
            found = refusal.found if skipped else "not asked, because the cluster could not be."
            raise Unanswered(State.SKIPPED, found) from refusal

    def _open_account(self) -> Account:
        from stackwright.engine.preflight.aws import open_account

        return open_account(self._accounts[0])

    def _open_cluster(self) -> Cluster:
        from stackwright.engine.preflight.cluster import open_cluster

        return open_cluster(self._clusters[0].access, self)
