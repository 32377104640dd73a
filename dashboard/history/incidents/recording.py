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
from django.db.models import F

from dashboard.active_lab import active_lab
from dashboard.health.work import FAULTS, guard_unit
from dashboard.history.incidents.flow_histories import load_histories
from dashboard.history.incidents.outages import mark_outages
from dashboard.history.incidents.policy_losses import PolicyLoss, find_policy_losses
from dashboard.history.incidents.working_flows import (
    RECENT,
    LostFlow,
    NamespaceHistory,
    find_continued_incident,
    find_failing_flows,
    find_recovery,
    is_known,
)
from dashboard.live import NamespaceNews, publish_news
from dashboard.models import Incident, IncidentCause, Snapshot

log = logging.getLogger(__name__)

MOST = 100
"""Namespaces in one transaction: with a day of looks at each, and locked no longer than that."""
_UNMARKED = (IncidentCause.NOT_THE_POLICIES, IncidentCause.SURROUNDINGS_CHANGED)
"""What may yet turn out to be an outage's."""


def record_after_poll(at: datetime, different: Collection[int]) -> None:
    """`different` are the namespaces in which looks that the poll brought saw something else."""
    changed = Snapshot.objects.filter(
        is_open=True,
        first_seen__range=(at - RECENT, at),
        first_seen__gt=F("namespace__first_seen"),  # whose first it is has lost nothing
    )
    rows = (changed, Incident.objects.filter(closed_at=None))
    keys = (key for each in rows for key in each.values_list("namespace_id", flat=True))
    _record_incidents(at, {*keys, *different})


def record_after_probes(at: datetime, seen: Collection[int], different: Collection[int]) -> None:
    """`seen` are all that were looked at, `different` those of which something looks otherwise."""
    opened = Incident.objects.filter(closed_at=None, namespace__in=seen)
    _record_incidents(at, {*different, *opened.values_list("namespace_id", flat=True)})


def _record_incidents(at: datetime, namespaces: Collection[int]) -> None:
    """A fault of ours must cost nobody the poll; the next one tries again."""
    keys = sorted(namespaces)
    lost: set[str] = set()
    for start in range(0, len(keys), MOST):
        lost |= _record_guarded(at, keys[start : start + MOST])
    if keys:
        with guard_unit(log, "outages cannot be recorded"):
            _mark_outages(at, lost)


def _record_guarded(at: datetime, namespaces: Sequence[int]) -> set[str]:
    """The flows that were lost. Where one namespace meets a fault, each is a unit of its own."""
    try:
        return _record_namespaces(at, namespaces)
    except FAULTS:
        lost: set[str] = set()
        for namespace in namespaces:
            with guard_unit(log, "incidents of namespace %d cannot be recorded", namespace):
                lost |= _record_namespaces(at, [namespace])
        return lost


@transaction.atomic
def _record_namespaces(at: datetime, namespaces: Sequence[int]) -> set[str]:
    found = load_histories(active_lab(), namespaces, at, settings.CNI_PROFILE)
    seen = list(_find_failing(found))
    continued = {before.pk: key for key, _, before in seen if before}
    opened = _open_incidents(found, [(key, lost) for key, lost, before in seen if before is None])
    Incident.objects.filter(pk__in=continued).update(closed_at=None)
    closed = _close_incidents(found)
    changed = {*closed, *continued.values(), *(row.namespace_id for row in opened)}
    publish_news(at, map(NamespaceNews, changed))
    return {row.flow for row in opened}


@transaction.atomic
def _mark_outages(at: datetime, lost: Collection[str]) -> None:
    """With what was lost just before, if whoever told it came no further."""
    lately = Incident.objects.filter(opened_at__range=(at - RECENT, at), cause__in=_UNMARKED)
    if flows := {*lost, *lately.order_by().values_list("flow", flat=True)}:
        publish_news(at, map(NamespaceNews, mark_outages(active_lab(), at, flows)))


def _open_incidents(
    found: Mapping[int, NamespaceHistory], seen_to_fail: Iterable[tuple[int, LostFlow]]
) -> list[Incident]:
    """What somebody lost, by their policies or otherwise."""
    rows = [build_incident(each) for each in find_policy_losses(active_lab(), found)]
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


def _find_failing(
    found: Mapping[int, NamespaceHistory],
) -> Iterator[tuple[int, LostFlow, Incident | None]]:
    """What is not known yet, and the incident that it goes on with."""
    for namespace, history in found.items():
        for lost in find_failing_flows(active_lab(), history):
            if not is_known(history, lost):
                yield namespace, lost, find_continued_incident(history, lost)


def build_incident(found: PolicyLoss) -> Incident:
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


def _close_incidents(found: Mapping[int, NamespaceHistory]) -> set[int]:
    """Those that are open, with those that were just opened and are over already; the answer is
    the namespaces that they are of.
    """
    opened = Incident.objects.filter(closed_at=None, namespace__in=found)
    over: dict[datetime, list[int]] = {}
    namespaces: set[int] = set()
    for each in opened.order_by("pk"):
        history = found[each.namespace_id]
        if each.opened_at <= history.moment and (closed_at := _find_end(history, each)):
            over.setdefault(closed_at, []).append(each.pk)
            namespaces.add(each.namespace_id)
    for closed_at, keys in over.items():
        Incident.objects.filter(pk__in=keys, closed_at=None).update(closed_at=closed_at)
    return namespaces


def _find_end(history: NamespaceHistory, incident: Incident) -> datetime | None:
    """`None` for a flow that the lab does not have any more, too: nobody can tell."""
    flow = next((each for each in active_lab().flows if each.name == incident.flow), None)
    return find_recovery(history, flow, incident) if flow else None
