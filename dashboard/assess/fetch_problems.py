"""Why a namespace, or the whole class, could not be read at a moment. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from dashboard.models.heartbeat import unread_after

STALE_AFTER = unread_after()
"""Nobody knows whether a snapshot still held so long after it was last seen."""
NOTHING_READ = "Nothing of the class could be read."
"""Of one of them no more is said: why may quote what students are not to see, as an address or what
the database holds of others.
"""


@dataclass(frozen=True, slots=True)
class FetchProblem:
    """`since` is when a poll first noticed, or when the class was last read."""

    reason: str
    since: datetime

    @property
    def first_sentence(self) -> str:
        """The reason in a sentence; the namespace's page and the system page show the rest."""
        return self.reason.partition(". ")[0]

    def find_last_read(self, seen: datetime) -> datetime | None:
        """Of a state that was last seen then. Where that is after it could be read again, no more
        is known than that it was no later than `since`, and this is `None`.
        """
        return seen if seen <= self.since else None


@dataclass(frozen=True, slots=True)
class ClassFetchProblems:
    """At a moment: by the namespace's primary key, and of all of them where nothing was read."""

    by_namespace: Mapping[int, FetchProblem] = field(default_factory=dict)
    whole_class: FetchProblem | None = None

    def find_problem(self, namespace: int) -> FetchProblem | None:
        mine = self.by_namespace.get(namespace)
        return mine or (
            replace(self.whole_class, reason=NOTHING_READ) if self.whole_class else None
        )
