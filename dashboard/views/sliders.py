"""Sliders over what was recorded: one query each, however long the history is."""

from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone

from dashboard.answering.votes import until_looked_at_again
from dashboard.models import Namespace, Snapshot
from dashboard.pages.moment import At
from dashboard.pages.slider import Slider, slider

AROUND = timedelta(hours=12)
"""The class is replayed over so long before and after the moment: no more than its days of labs."""
NOT_KEPT = ("at", "play", "seen", "page")


def namespace_slider(request: HttpRequest, namespace: Namespace, at: At | None) -> Slider | None:
    """Each state is shown as soon as probes had looked at all of it, or else as it was last."""
    held = namespace.snapshots.order_by("first_seen").values_list("first_seen", "last_seen")
    looked = until_looked_at_again()
    states = [(began, max(began, min(began + looked, last))) for began, last in held]
    return _slider(request, states, at)


def class_slider(request: HttpRequest, at: At | None) -> Slider | None:
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
    return _slider(request, [(began, began) for began in begins], at)


def _slider(
    request: HttpRequest, states: list[tuple[datetime, datetime]], at: At | None
) -> Slider | None:
    kept = request.GET.copy()
    for name in NOT_KEPT:
        kept.pop(name, None)
    address = f"{request.path}?{kept.urlencode()}" if kept else request.path
    return slider(states, at, address, playing="play" in request.GET)
