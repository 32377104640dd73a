"""Sliders over what was recorded: a few columns of so many rows, however long the history is."""

from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone

from dashboard.assess.probe_votes import delay_after_change
from dashboard.models import Namespace, Snapshot
from dashboard.times.moment import TimeMoment
from dashboard.web.layout.slider import Slider, build_slider

AROUND = timedelta(hours=12)
"""The class is replayed over so long before and after the moment: no more than its days of labs."""
NEAREST = 1000
"""So many states of a namespace are read for its slider: of the past, half of them before it."""
NOT_KEPT = ("at", "play", "seen", "page")


def build_namespace_slider(
    request: HttpRequest, namespace: Namespace, at: TimeMoment | None
) -> Slider | None:
    """Each state is shown as soon as probes had looked at all of it, or else as it was last."""
    looked = delay_after_change()
    held, is_part = _query_intervals(namespace, at)
    states = [(began, max(began, min(began + looked, last))) for began, last in held]
    return _build_slider(request, states, at, is_part=is_part)


def _query_intervals(
    namespace: Namespace, at: TimeMoment | None
) -> tuple[list[tuple[datetime, datetime]], bool]:
    """From when to when, oldest first, and whether there are more; the newest of all is the last in
    any case.
    """
    times = namespace.snapshots.values_list("first_seen", "last_seen")
    newest = times.order_by("-first_seen")
    if at is None:
        found = list(newest[: NEAREST + 1])
        return found[:NEAREST][::-1], len(found) > NEAREST
    half = NEAREST // 2
    before = list(newest.filter(first_seen__lte=at.time)[: half + 1])
    behind = list(times.filter(first_seen__gt=at.time).order_by("first_seen")[: half + 1])
    last = list(newest[:1]) if len(behind) > half else []
    is_part = len(before) > half or behind[half:] != last
    return before[:half][::-1] + behind[:half] + last, is_part


def build_class_slider(request: HttpRequest, at: TimeMoment | None) -> Slider | None:
    """Over the times at which anybody's namespace changed; those are times of polls.

    Behind the last of a past day comes now.
    """
    now = timezone.now()
    pivot = at.time if at else now
    times = Snapshot.objects.filter(
        first_seen__gte=pivot - AROUND, first_seen__lte=pivot + AROUND
    ).order_by("first_seen")
    begins = list(times.values_list("first_seen", flat=True).distinct())
    if begins and pivot + AROUND < now:
        begins.append(now)
    return _build_slider(request, [(began, began) for began in begins], at)


def _build_slider(
    request: HttpRequest,
    states: list[tuple[datetime, datetime]],
    at: TimeMoment | None,
    *,
    is_part: bool = False,
) -> Slider | None:
    kept = request.GET.copy()
    for name in NOT_KEPT:
        kept.pop(name, None)
    address = f"{request.path}?{kept.urlencode()}" if kept else request.path
    return build_slider(states, at, address, playing="play" in request.GET, is_part=is_part)
