"""Sliders over what was recorded: one query each, however long the history is."""

from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone

from dashboard.models import Namespace, Snapshot
from dashboard.pages.moment import At
from dashboard.pages.slider import Slider, slider

AROUND = timedelta(hours=12)
"""The class is replayed over so long before and after the moment: no more than its days of labs."""
NOT_KEPT = ("at", "play", "seen", "page")


def namespace_slider(request: HttpRequest, namespace: Namespace, at: At | None) -> Slider | None:
    times = namespace.snapshots.order_by("first_seen").values_list("first_seen", flat=True)
    return _slider(request, list(times), at)


def class_slider(request: HttpRequest, at: At | None) -> Slider | None:
    """Over the times at which anybody's namespace changed; those are times of polls."""
    pivot = at.time if at else timezone.now()
    times = Snapshot.objects.filter(
        first_seen__gte=pivot - AROUND, first_seen__lte=pivot + AROUND
    ).order_by("first_seen")
    return _slider(request, list(times.values_list("first_seen", flat=True).distinct()), at)


def _slider(request: HttpRequest, times: list[datetime], at: At | None) -> Slider | None:
    kept = request.GET.copy()
    for name in NOT_KEPT:
        kept.pop(name, None)
    address = f"{request.path}?{kept.urlencode()}" if kept else request.path
    return slider(times, at, address, playing="play" in request.GET)
