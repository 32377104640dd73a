"""How the dashboard itself does: its workers, how fresh the data is, what it cannot read. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from dashboard.health.worker_health import WorkerHealth
from dashboard.models import Namespace
from netpol.model import Profile


@dataclass(frozen=True, slots=True)
class ProbeCoverage:
    """`fresh` namespaces were probed lately, `stale` ones before that; `oldest` is when the
    namespace was probed that has waited longest.
    """

    fresh: int
    stale: int
    total: int
    oldest: datetime | None

    @property
    def never_probed(self) -> int:
        return self.total - self.fresh - self.stale


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemPage:
    template: ClassVar[str] = "system/page.html"
    workers: Sequence[WorkerHealth]
    coverage: ProbeCoverage
    profile: Profile
    newest: datetime | None
    failing: Sequence[Namespace]

    @property
    def poll_seconds(self) -> float | None:
        """How long the last poll took."""
        return self._poll.detail.get("seconds")

    @property
    def missing_rights(self) -> Sequence[str]:
        rights: list[str] = self._poll.detail.get("missing_rights", [])
        return rights

    @property
    def notes(self) -> Sequence[str]:
        notes: list[str] = self._poll.detail.get("notes", [])
        return notes

    @property
    def is_plain_profile(self) -> bool:
        return self.profile is Profile.KUBERNETES

    @property
    def _poll(self) -> WorkerHealth:
        return self.workers[0]
