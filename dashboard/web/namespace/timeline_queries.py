"""What a namespace's timeline and its steps need of the past: the newest changes, read once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.http import HttpRequest
from django.utils import timezone

from dashboard.active_lab import active_lab
from dashboard.assess.changes import PolicySets
from dashboard.assess.regressions import find_ending_changes, find_regressions
from dashboard.assess.steps import StepRecords
from dashboard.history.progress import fetch_reached_steps, fetch_step_marks
from dashboard.models import Incident, Namespace, Observation, ObservedOutcome, PolicySet, Snapshot
from dashboard.models.incident import open_at
from dashboard.times.moment import TimeMoment
from dashboard.web.namespace.charts import draw_swimlanes
from dashboard.web.namespace.page import TimelineSection
from dashboard.web.namespace.sections import TimelineWindow
from dashboard.web.namespace.timeline import (
    HOURS,
    MOST_CHANGES,
    MOST_LOOKS,
    NamespaceLifetime,
    TimelineRecords,
    build_timeline,
    choose_hours,
    choose_window,
)

MOST_INCIDENTS = 200


def parse_hours(request: HttpRequest) -> int | None:
    """`None` for anything but a choice."""
    asked = request.GET.get("hours", "")
    return int(asked) if asked in map(str, HOURS) else None


def fetch_timeline(
    request: HttpRequest, namespace: Namespace, snapshot: Snapshot, at: TimeMoment | None
) -> tuple[TimelineSection, StepRecords]:
    """The timeline, and what is known of the steps: in six queries, however long the history."""
    asked, moment, now = parse_hours(request), at.time if at else None, timezone.now()
    life = NamespaceLifetime(namespace.first_seen, snapshot.first_seen)
    widest = choose_window(now, moment, life, timedelta(hours=asked or HOURS[0]))
    until = max(widest.until, snapshot.first_seen)
    newest = namespace.snapshots.without_bodies().filter(first_seen__lte=until)[: MOST_CHANGES + 1]
    snapshots = list(newest)
    hours = asked or choose_hours(now, moment, life, (each.first_seen for each in snapshots))
    shown = choose_window(now, moment, life, timedelta(hours=hours))
    sets = PolicySet.objects.in_bulk({each.policy_set_id for each in snapshots})
    found = TimelineRecords(
        snapshots,
        sets,
        fetch_observations(namespace, shown),
        fetch_incidents(namespace, shown),
    )
    lanes = build_timeline(active_lab(), shown, found, namespace.name)
    section = TimelineSection(lanes, draw_swimlanes(lanes, moment), hours)
    return section, fetch_step_records(namespace, snapshots, sets, moment)


def fetch_observations(namespace: Namespace, shown: TimelineWindow) -> list[Observation]:
    rows = namespace.observations.filter(
        last_seen__gte=shown.since, first_seen__lte=shown.until
    ).exclude(outcome=ObservedOutcome.UNKNOWN)
    return list(rows.order_by("-first_seen")[: MOST_LOOKS + 1])


def fetch_incidents(namespace: Namespace, shown: TimelineWindow) -> list[Incident]:
    """What was broken at any time in it, the newest first; were it too many, without those that
    were mended first.
    """
    rows = Incident.objects.opened_by(shown.until).filter(
        open_at(shown.since) | Q(opened_at__gte=shown.since), namespace=namespace
    )
    mended_last = F("closed_at").desc(nulls_first=True)
    found = rows.select_related("namespace").order_by(mended_last)[:MOST_INCIDENTS]
    return sorted(found, key=lambda row: (-row.opened_at.timestamp(), row.flow))


def fetch_step_records(
    namespace: Namespace, snapshots: Sequence[Snapshot], sets: PolicySets, moment: datetime | None
) -> StepRecords:
    """Of the steps as they stood at a moment, by default now."""
    earlier = [each for each in snapshots if moment is None or each.first_seen <= moment]
    return StepRecords(
        fetch_reached_steps(namespace, moment),
        find_ending_changes(find_regressions(earlier), sets),
        fetch_step_marks(namespace, moment),
    )
