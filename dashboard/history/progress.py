"""Which step of the lab each past state was at, and when each step was first reached."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from dashboard.assess.steps import MarkHistory, combine_marks
from dashboard.models import Namespace, Snapshot, StepReached

StepsHeld = Mapping[str, bool | None]
"""Whether each step held in a state; `None` where no policy shows it."""

ReachedSteps = Mapping[int, Mapping[str, datetime]]
"""By namespace, when it first held each step."""


def query_reached_steps(namespaces: QuerySet[Namespace], moment: datetime) -> ReachedSteps:
    """The steps that each namespace had reached by a moment."""
    reached_steps: defaultdict[int, dict[str, datetime]] = defaultdict(dict)
    rows = StepReached.objects.filter(namespace__in=namespaces, at__lte=moment)
    for namespace, step, at in rows.values_list("namespace_id", "step", "at"):
        reached_steps[namespace][step] = at
    return reached_steps


def fetch_reached_steps(
    namespace: Namespace, moment: datetime | None = None
) -> dict[str, datetime]:
    """When each step was first reached, of those reached by the moment (default: now)."""
    steps = StepReached.objects.filter(namespace=namespace)
    steps = steps.filter(at__lte=moment) if moment else steps
    return dict(steps.values_list("step", "at"))


def fetch_step_marks(
    namespace: Namespace, moment: datetime | None = None
) -> dict[str, MarkHistory]:
    """What instructors had said of each step by the moment (default: now)."""
    then = moment or timezone.now()
    return combine_marks(namespace.step_marks.made_by(then), then)


def derive_reached_steps(
    states: Iterable[tuple[datetime, StepsHeld]], kept: Mapping[str, datetime]
) -> dict[str, datetime]:
    """What was reached before all that is known, and what no policy shows, stays as it is. Of the
    states, oldest first, the beginning of each.

    Nothing later than what is known is put right: a poll may have recorded it just now.
    """
    known = list(states)
    first: dict[str, datetime] = {}
    checked: set[str] = set()
    for begun, steps in known:
        checked |= {step for step, holds in steps.items() if holds is not None}
        for step in (step for step, holds in steps.items() if holds):
            first.setdefault(step, begun)
    stay = {
        step: at
        for step, at in kept.items()
        if step not in checked or not known[0][0] <= at <= known[-1][0]
    }
    return first | stay


def correct_progress(namespace: Namespace) -> None:
    """By the states as they are kept."""
    rows = list(namespace.snapshots.without_bodies().order_by("first_seen"))
    before: Snapshot | None = None
    for row in rows:
        step = row.summary["step"]
        since = before.step_since if before and before.step == step else row.first_seen
        if before is None and row.step == step:
            since = row.step_since
        if (row.step, row.step_since) != (step, since):
            Snapshot.objects.filter(pk=row.pk).update(step=step, step_since=since)
            row.step, row.step_since = step, since
        before = row
    kept = fetch_reached_steps(namespace)
    now = derive_reached_steps(((row.first_seen, row.summary["steps"]) for row in rows), kept)
    mine = StepReached.objects.filter(namespace=namespace)
    for step, at in kept.items():
        if step not in now:
            mine.filter(step=step, at=at).delete()
        elif now[step] != at:
            mine.filter(step=step, at=at).update(at=now[step])
    StepReached.objects.bulk_create(
        (StepReached(namespace=namespace, step=step, at=at) for step, at in now.items()),
        ignore_conflicts=True,
    )
