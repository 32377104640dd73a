"""Opens and closes incidents, after a poll or looks were recorded. Safe to repeat.

It looks at namespaces of which something changed lately and at those with an open incident, a
bounded number in each transaction. Two workers may do so at once: `one_open_incident_per_flow`
decides who was first.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from dashboard.active_lab import active_lab
from dashboard.health.work import FAULTS, guard_unit
from dashboard.history.incidents.flow_histories import histories
from dashboard.history.incidents.outage_recording import mark
from dashboard.history.incidents.policy_losses import Found, by_policies
from dashboard.history.incidents.working_flows import (
    RECENT,
    History,
    Lost,
    goes_on,
    known,
    lost_otherwise,
    works_again,
)
from dashboard.live import NamespaceNews, publish_news
from dashboard.models import Incident, IncidentCause, Snapshot

log = logging.getLogger(__name__)

MOST = 100
"""Namespaces in one transaction: with a day of looks at each, and locked no longer than that."""
_UNMARKED = (IncidentCause.NOT_THE_POLICIES, IncidentCause.SURROUNDINGS_CHANGED)
"""What may yet turn out to be an outage's."""


def after_poll(at: datetime, different: Collection[int]) -> None:
    """`different` are the namespaces in which looks that the poll brought saw something else."""
    changed = Snapshot.objects.filter(
        is_open=True,
        first_seen__range=(at - RECENT, at),
        first_seen__gt=F("namespace__first_seen"),  # whose first it is has lost nothing
    )
    opened = Incident.objects.filter(closed_at=None)
    _tell(at, {*changed.values_list("namespace_id", flat=True), *different, *_where(opened)})


def after_looks(at: datetime, seen: Collection[int], different: Collection[int]) -> None:
    """`seen` are all that were looked at, `different` those of which something looks otherwise."""
    opened = Incident.objects.filter(closed_at=None, namespace__in=seen)
    _tell(at, {*different, *_where(opened)})


def _where(incidents: QuerySet[Incident]) -> set[int]:
    return set(incidents.values_list("namespace_id", flat=True))


def _tell(at: datetime, namespaces: Collection[int]) -> None:
    """A fault of ours must cost nobody the poll; the next one tries again."""
    keys = sorted(namespaces)
    lost: set[str] = set()
    for start in range(0, len(keys), MOST):
        lost |= _told(at, keys[start : start + MOST])
    if keys:
        with guard_unit(log, "outages cannot be recorded"):
            _mark(at, lost)


def _told(at: datetime, namespaces: Sequence[int]) -> set[str]:
    """The flows that were lost. Where one namespace meets a fault, each is a unit of its own."""
    try:
        return _recorded(at, namespaces)
    except FAULTS:
        lost: set[str] = set()
        for namespace in namespaces:
            with guard_unit(log, "incidents of namespace %d cannot be recorded", namespace):
                lost |= _recorded(at, [namespace])
        return lost


@transaction.atomic
def _recorded(at: datetime, namespaces: Sequence[int]) -> set[str]:
    found = histories(active_lab(), namespaces, at, settings.CNI_PROFILE)
    seen = list(_seen_to_fail(found))
    opened = _open(found, [(key, lost) for key, lost, before in seen if before is None])
    reopened = _reopen({before.pk: key for key, _, before in seen if before})
    closed = _close(found)
    publish_news(at, map(NamespaceNews, closed | reopened | {row.namespace_id for row in opened}))
    return {row.flow for row in opened}


@transaction.atomic
def _mark(at: datetime, lost: Collection[str]) -> None:
    """With what was lost just before, if whoever told it came no further."""
    lately = Incident.objects.filter(opened_at__range=(at - RECENT, at), cause__in=_UNMARKED)
    if flows := {*lost, *lately.order_by().values_list("flow", flat=True)}:
        publish_news(at, map(NamespaceNews, mark(active_lab(), at, flows)))


def _open(found: Mapping[int, History], seen_to_fail: Iterable[tuple[int, Lost]]) -> list[Incident]:
    """What somebody lost, by their policies or otherwise."""
    rows = [told_of(each) for each in by_policies(active_lab(), found)]
    rows += [
        Incident(
            namespace_id=namespace,
            flow=lost.flow,
            cause=IncidentCause.NOT_THE_POLICIES,
            reason=lost.reason[:300],
            worked_at=lost.worked_at,
            opened_at=lost.opened_at,
        )
        for namespace, lost in seen_to_fail
    ]
    rows.sort(key=lambda row: (row.namespace_id, row.flow))  # so that workers never deadlock
    Incident.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return rows


def _seen_to_fail(
    found: Mapping[int, History],
) -> Iterator[tuple[int, Lost, Incident | None]]:
    """What is not known yet, and the incident that it goes on with."""
    for namespace, history in found.items():
        for lost in lost_otherwise(active_lab(), history):
            if not known(history, lost):
                yield namespace, lost, goes_on(history, lost)


def _reopen(again: Mapping[int, int]) -> set[int]:
    """Incidents, with the namespaces that they are of."""
    Incident.objects.filter(pk__in=again).update(closed_at=None)
    return set(again.values())


def told_of(found: Found) -> Incident:
    """Not kept yet."""
    return Incident(
        namespace_id=found.namespace,
        flow=found.lost.flow,
        cause=found.cause.kind,
        policies=list(found.cause.policies),
        reason=found.cause.sentence[:300],
        worked_at=found.lost.worked_at,
        opened_at=found.lost.opened_at,
    )


def _close(found: Mapping[int, History]) -> set[int]:
    """Those that are open, with those that were just opened and are over already; the answer is
    the namespaces that they are of.
    """
    opened = Incident.objects.filter(closed_at=None, namespace__in=found)
    over: dict[datetime, list[int]] = {}
    namespaces: set[int] = set()
    for each in opened.order_by("pk"):
        history = found[each.namespace_id]
        if each.opened_at <= history.moment and (closed_at := _over(history, each)):
            over.setdefault(closed_at, []).append(each.pk)
            namespaces.add(each.namespace_id)
    for closed_at, keys in over.items():
        Incident.objects.filter(pk__in=keys, closed_at=None).update(closed_at=closed_at)
    return namespaces


def _over(history: History, incident: Incident) -> datetime | None:
    """`None` for a flow that the lab does not have any more, too: nobody can tell."""
    flow = next((each for each in active_lab().flows if each.name == incident.flow), None)
    if flow is None:
        return None
    return works_again(history, flow, incident)
