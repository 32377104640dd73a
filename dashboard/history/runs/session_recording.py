"""Names the lab sessions that the class holds.

Safe to run twice, and two at once: constraints say which runs are the same. A heartbeat keeps the
time up to which sessions were looked for, so that the next poll makes up for a gap.
"""

from datetime import datetime, timedelta

from django.db.models import DateTimeField, QuerySet, Value
from django.db.models.functions import Greatest

from dashboard.active_lab import active_lab
from dashboard.history.runs.naming import current_runs
from dashboard.history.runs.sessions import (
    BACK,
    LabSession,
    PolicyInterval,
    count_required,
    find_policy_changes,
    find_sessions,
    resume_session,
)
from dashboard.models import Heartbeat, Namespace, Run, RunOrigin, Snapshot

WORK = "runs"
MOST_BACK = timedelta(weeks=1)
"""How far back sessions are looked for after a gap in polling."""


def record_sessions(at: datetime) -> None:
    """What began since the last look and up to this moment, which is that of a poll."""
    beat = Heartbeat.objects.filter(work=WORK).first()
    looked = beat.succeeded_at if beat else None
    if looked and looked >= at:
        return
    earliest = at - MOST_BACK
    since = max(looked or earliest, earliest)
    _end_other_labs(since)
    _find_sessions(since, at)
    times = {"started_at": at, "finished_at": at, "succeeded_at": at}
    Heartbeat.objects.get_or_create(work=WORK, defaults=times)
    Heartbeat.objects.filter(work=WORK, succeeded_at__lt=at).update(**times)


def _end_other_labs(since: datetime) -> None:
    """Nobody looks for their sessions any more: one that went on ended when that was last done."""
    others = Run.objects.filter(origin=RunOrigin.SESSION, ended_at=None).exclude(
        lab=active_lab().name
    )
    others.update(ended_at=Greatest("began_at", Value(since, DateTimeField())))


def _find_sessions(since: datetime, until: datetime) -> None:
    open_one = current_runs().filter(origin=RunOrigin.SESSION, ended_at=None).first()
    going = resume_session(open_one.began_at, since) if open_one else None
    class_ = Namespace.objects.present_at(until).filter(
        environment=active_lab().namespaces.environments[0]
    )
    keys = list(class_.values_list("pk", flat=True))
    states = _load_policy_intervals(keys, since - BACK, until)
    found = find_sessions(find_policy_changes(states), count_required(len(keys)), since, going)
    if open_one and found[0].is_over(until):
        Run.objects.filter(pk=open_one.pk, ended_at=None).update(ended_at=found[0].active)
    new = found[1:] if going else found
    Run.objects.bulk_create((_build_run(each, until) for each in new), ignore_conflicts=True)


def _build_run(session: LabSession, now: datetime) -> Run:
    return Run(
        name=session.name,
        lab=active_lab().name,
        origin=RunOrigin.SESSION,
        began_at=session.began,
        ended_at=session.active if session.is_over(now) else None,
    )


def _load_policy_intervals(
    namespaces: list[int], since: datetime, until: datetime
) -> list[PolicyInterval]:
    """What began in between, and what held before. When nobody changes anything: one query."""
    mine = Snapshot.objects.filter(namespace__in=namespaces, first_seen__lte=until)
    new = _list_intervals(mine.filter(first_seen__gt=since))
    if not new:
        return []
    changed = {held.namespace for held in new}
    return new + _list_intervals(Snapshot.objects.holding(since).filter(namespace__in=changed))


def _list_intervals(snapshots: QuerySet[Snapshot]) -> list[PolicyInterval]:
    columns = ("namespace_id", "policy_set_id", "first_seen", "last_seen")
    return [PolicyInterval(*values) for values in snapshots.order_by().values_list(*columns)]
