"""Names the lab sessions that the class holds.

Safe to run twice, and two at once: constraints say which runs are the same. A heartbeat keeps the
time up to which sessions were looked for, so that the next poll makes up for a gap.
"""

from datetime import datetime, timedelta

from django.db.models import DateTimeField, QuerySet, Value
from django.db.models.functions import Greatest

from dashboard.active_lab import active_lab
from dashboard.history.runs.naming import current_runs
from dashboard.history.runs.sessions import BACK, Held, Session, changes, fewest, resumed, sessions
from dashboard.models import Heartbeat, Namespace, Run, RunOrigin, Snapshot

WORK = "runs"
MOST_BACK = timedelta(weeks=1)
"""How far back sessions are looked for after a gap in polling."""


def record(at: datetime) -> None:
    """What began since the last look and up to this moment, which is that of a poll."""
    beat = Heartbeat.objects.filter(work=WORK).first()
    looked = beat.succeeded_at if beat else None
    if looked and looked >= at:
        return
    earliest = at - MOST_BACK
    since = max(looked or earliest, earliest)
    _end_of_other_labs(since)
    _held(since, at)
    times = {"started_at": at, "finished_at": at, "succeeded_at": at}
    Heartbeat.objects.get_or_create(work=WORK, defaults=times)
    Heartbeat.objects.filter(work=WORK, succeeded_at__lt=at).update(**times)


def _end_of_other_labs(since: datetime) -> None:
    """Nobody looks for their sessions any more: one that went on ended when that was last done."""
    others = Run.objects.filter(origin=RunOrigin.SESSION, ended_at=None).exclude(
        lab=active_lab().name
    )
    others.update(ended_at=Greatest("began_at", Value(since, DateTimeField())))


def _held(since: datetime, until: datetime) -> None:
    open_one = current_runs().filter(origin=RunOrigin.SESSION, ended_at=None).first()
    going = resumed(open_one.began_at, since) if open_one else None
    class_ = Namespace.objects.there(until).filter(
        environment=active_lab().namespaces.environments[0]
    )
    keys = list(class_.values_list("pk", flat=True))
    states = _states(keys, since - BACK, until)
    found = sessions(changes(states), fewest(len(keys)), since, going)
    if open_one and found[0].over(until):
        Run.objects.filter(pk=open_one.pk, ended_at=None).update(ended_at=found[0].active)
    new = found[1:] if going else found
    Run.objects.bulk_create((_run(each, until) for each in new), ignore_conflicts=True)


def _run(session: Session, now: datetime) -> Run:
    return Run(
        name=session.name,
        lab=active_lab().name,
        origin=RunOrigin.SESSION,
        began_at=session.began,
        ended_at=session.active if session.over(now) else None,
    )


def _states(namespaces: list[int], since: datetime, until: datetime) -> list[Held]:
    """What began in between, and what held before. When nobody changes anything: one query."""
    mine = Snapshot.objects.filter(namespace__in=namespaces, first_seen__lte=until)
    new = _read(mine.filter(first_seen__gt=since))
    if not new:
        return []
    changed = {held.namespace for held in new}
    return new + _read(Snapshot.objects.holding(since).filter(namespace__in=changed))


def _read(snapshots: QuerySet[Snapshot]) -> list[Held]:
    columns = ("namespace_id", "policy_set_id", "first_seen", "last_seen")
    return [Held(*values) for values in snapshots.order_by().values_list(*columns)]
