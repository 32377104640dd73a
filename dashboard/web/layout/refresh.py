"""Pages that draw themselves anew when something changed: htmx asks, and this answers cheaply."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from hashlib import blake2s
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser, User
from django.contrib.auth.views import redirect_to_login
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django_htmx.http import HttpResponseClientRedirect

from dashboard.health.worker_health import list_worker_health
from dashboard.models import (
    Incident,
    Namespace,
    Observation,
    PodState,
    RouteState,
    ServiceState,
    Snapshot,
    StepMark,
)

Arguments = ParamSpec("Arguments")


class LiveRequest(HttpRequest):
    """What a page of signed-in people gets: base.html asks whether `live_version` still holds, and
    is told at `live_events` when it does not.
    """

    user: User
    live_version: str
    live_events: str


def live_page(
    view: Callable[Concatenate[LiveRequest, Arguments], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponse]:
    """A page for people who signed in, which stays up to date while it is open.

    The version is taken before the view reads: a change in between is drawn once too often rather
    than missed. No cache keeps it, so that nobody sees it who signs out or shares a proxy.
    """

    @never_cache
    @gzip_page
    @wraps(view)
    def answer(
        request: HttpRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_sign_in(request)
        live_request = cast(LiveRequest, request)
        given = kwargs.get("name")
        name = given if isinstance(given, str) else None
        live_request.live_version = compute_version(request.user, name)
        live_request.live_events = format_events_address(name, live_request.live_version)
        if request.GET.get("seen") == live_request.live_version:
            return HttpResponse(status=204)
        response = view(live_request, *args, **kwargs)
        if isinstance(response, HttpResponseRedirect):
            return redirect_whole_page(request, response)
        return response

    return answer


def redirect_whole_page(request: HttpRequest, redirect: HttpResponseRedirect) -> HttpResponse:
    """htmx would put the other page into the middle of this one."""
    return (
        HttpResponseClientRedirect(redirect.url) if request.headers.get("HX-Request") else redirect
    )


def redirect_to_sign_in(request: HttpRequest) -> HttpResponse:
    parameters = request.GET.copy()
    parameters.pop("seen", None)
    page = f"{request.path}?{parameters.urlencode()}" if parameters else request.path
    return redirect_whole_page(request, redirect_to_login(page))


def format_events_address(name: str | None, seen: str) -> str:
    """Of the stream for a page that shows one namespace, or all that its reader may see."""
    about = {"seen": seen} if name is None else {"namespace": name, "seen": seen}
    return f"{reverse('events')}?{urlencode(about)}"


def compute_version(
    user: User | AnonymousUser, name: str | None, now: datetime | None = None
) -> str:
    """Differs whenever something on the user's pages, or on that of one namespace, looks different.

    Rows are added for changes only, so the newest of each kind tells. The minute is part of it,
    because pages say how old things are.
    """
    now = now or timezone.now()
    namespaces = Namespace.objects.visible_to(user)
    if name is not None:
        namespaces = namespaces.filter(name=name)
    marks = StepMark.objects.filter(namespace__in=namespaces)
    newest = namespaces.annotate(
        snapshot=select_newest_key(Snapshot.objects.all()),
        observation=select_newest_key(Observation.objects.all()),
        pod=select_newest_key(PodState.objects.all()),
        service=select_newest_key(ServiceState.objects.all()),
        route=select_newest_key(RouteState.objects.all()),
        mark=Subquery(marks.order_by("-pk").values("pk")[:1]),
        taken_back=Subquery(
            marks.order_by(F("taken_back_at").desc(nulls_last=True)).values("taken_back_at")[:1]
        ),
        undiagnosed=Exists(UNDIAGNOSED.filter(namespace=OuterRef("pk"))),
    ).aggregate(
        Count("id"),
        Count("gone_at"),
        Max("gone_at"),
        Count("failing_since"),
        Max("failing_since"),
        Max("snapshot"),
        Max("observation"),
        Max("pod"),
        Max("service"),
        Max("route"),
        Max("mark"),
        Max("taken_back"),
        undiagnosed_count=Count("id", filter=Q(undiagnosed=True)),
    )
    incidents = Incident.objects.filter(namespace__in=namespaces).aggregate(
        Max("id"), Count("closed_at"), Count("outage_at")
    )
    troubles = [
        (pulse.work, pulse.is_late, pulse.is_starting, pulse.error)
        for pulse in list_worker_health(now)
    ]
    counted = sorted(newest.items()), sorted(incidents.items())
    state = (now.replace(second=0, microsecond=0), *counted, troubles)
    return blake2s(repr(state).encode(), digest_size=8).hexdigest()


IntervalRows = (
    QuerySet[Snapshot]
    | QuerySet[Observation]
    | QuerySet[PodState]
    | QuerySet[ServiceState]
    | QuerySet[RouteState]
)


UNDIAGNOSED = Snapshot.objects.filter(is_open=True, mistakes__isnull=True)


def select_newest_key(rows: IntervalRows) -> Subquery:
    mine = rows.filter(namespace=OuterRef("pk")).order_by("-pk")
    return Subquery(mine.values("pk")[:1])
