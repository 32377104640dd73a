"""The outages that pages tell of: those that last, and those that ended a short time ago."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q

from dashboard.history.incidents.outages import SPREAD
from dashboard.models import Incident, IncidentCause

SHOWN_AFTER = timedelta(minutes=15)
"""An outage stays on the board for this long after its end, for readers who look up late."""
LOOK_BACK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FlowOutage:
    """`lost` of `of` namespaces lost the flow within a minute; it does not work for `still` of them
    yet. `ended` is when it worked again for the last of the others.
    """

    flow: str
    began: datetime
    lost: int
    of: int
    still: int
    ended: datetime | None

    @property
    def is_lasting(self) -> bool:
        """For most of them: a few may have another problem."""
        return self.still * 2 >= self.lost

    @property
    def until(self) -> datetime | None:
        """`None` while it lasts."""
        return None if self.is_lasting else self.ended


@dataclass(frozen=True, slots=True)
class RecentOutages:
    """The newest first."""

    flows: tuple[FlowOutage, ...] = ()

    @property
    def is_lasting(self) -> bool:
        return any(outage.is_lasting for outage in self.flows)

    @property
    def began(self) -> datetime | None:
        return min((outage.began for outage in self.flows), default=None)

    def select_flows(self, names: Collection[str]) -> tuple[FlowOutage, ...]:
        return tuple(outage for outage in self.flows if outage.flow in names)


def find_recent_outages(moment: datetime) -> RecentOutages:
    """In one query."""
    incidents = Incident.objects.filter(
        opened_at__lte=moment, cause=IncidentCause.OUTAGE, outage_at__gte=moment - LOOK_BACK
    )
    closed = Q(closed_at__lte=moment)
    rows = (
        incidents.values("flow", "outage_at")
        .annotate(
            began=Min("opened_at"),
            lost=Count("namespace", distinct=True),
            of=Max("outage_of"),
            still=Count("namespace", filter=~closed | Q(closed_at=None), distinct=True),
            ended=Max("closed_at", filter=closed),
        )
        .values("flow", "began", "lost", "of", "still", "ended")
        .order_by()
    )
    return select_recent((FlowOutage(**row) for row in rows), moment)


def select_recent(outages: Iterable[FlowOutage], moment: datetime) -> RecentOutages:
    """Flows that were lost during one outage or soon after it belong together: all of them are
    shown until the last of them has worked for a while.
    """
    recent: list[FlowOutage] = []
    for group in _group_successive(outages):
        ends = [outage.until for outage in group]
        if any(end is None or moment - end <= SHOWN_AFTER for end in ends):
            recent += group
    recent.sort(key=lambda outage: (-outage.began.timestamp(), outage.flow))
    return RecentOutages(tuple(recent))


def _group_successive(outages: Iterable[FlowOutage]) -> list[list[FlowOutage]]:
    """Each began while an earlier one of its group lasted, or soon after."""
    groups: list[list[FlowOutage]] = []
    for outage in sorted(outages, key=lambda outage: outage.began):
        if groups and any(
            earlier.until is None or outage.began - earlier.until <= SPREAD
            for earlier in groups[-1]
        ):
            groups[-1].append(outage)
        else:
            groups.append([outage])
    return groups
