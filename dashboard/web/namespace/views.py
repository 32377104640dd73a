"""A namespace: which flows work, which should, and why one does not. A student's home."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from dashboard.accounts.hints import fetch_allowed_tiers, fetch_opened_tiers
from dashboard.accounts.instructors import require_instructor
from dashboard.active_lab import active_lab
from dashboard.live import NamespaceNews, publish_news
from dashboard.models import MOST_TIERS, HintSetting, Monitor, Namespace
from dashboard.times.moment import InvalidMoment
from dashboard.web.layout.refresh import LiveRequest, live_page
from dashboard.web.layout.rendering import render_page
from dashboard.web.layout.requested_moment import parse_requested_moment
from dashboard.web.namespace.page import NamespacePage
from dashboard.web.namespace.queries import (
    fetch_page,
    fetch_person,
    fetch_root_causes,
    list_watchable_probes,
    record_hint_opening,
    record_step_mark,
    withdraw_step_mark,
)
from netpol.lab import NotChecked


@require_safe
@live_page
def show_namespace(request: LiveRequest, name: str) -> HttpResponse:
    """As it is now, or with `?at=` as it was then: that page stays as it is."""
    namespace = get_object_or_404(Namespace.objects.visible_to(request.user), name=name)
    try:
        moment = parse_requested_moment(request)
    except InvalidMoment as invalid:
        request.live_version = ""
        page = NamespacePage(
            lab=active_lab(),
            namespace=namespace,
            person=fetch_person(namespace),
            invalid=str(invalid),
        )
        return render_page(request, page, status=400)
    if moment:
        request.live_version = ""
    return render_page(request, fetch_page(request, namespace, moment))


@require_POST
def open_hint(request: HttpRequest, name: str) -> HttpResponse:
    """Open the next tier of a root cause that the namespace has now; none is skipped."""
    namespace = get_object_or_404(Namespace.objects.visible_to(request.user), name=name)
    cause = request.POST.get("cause", "")
    if cause not in fetch_root_causes(namespace):
        raise Http404
    tier = fetch_opened_tiers(namespace).get(cause, 0) + 1
    if tier <= fetch_allowed_tiers() and not request.user.is_staff:
        record_hint_opening(namespace, cause, tier, request.user.get_username())
    return redirect(reverse("namespace", args=[name], fragment="hints"))


@require_POST
def allow_hints(request: HttpRequest) -> HttpResponse:
    """Set how many tiers the students of this lab may open; instructors only."""
    tiers = request.POST.get("tiers", "")
    if not request.user.is_staff or tiers not in {str(each) for each in range(MOST_TIERS + 1)}:
        raise Http404
    HintSetting.objects.update_or_create(lab=active_lab().name, defaults={"tiers": int(tiers)})
    return redirect("home")


@require_POST
def choose_monitor(request: HttpRequest, name: str) -> HttpResponse:
    """Set which URL of the lab a monitor watches; an empty choice means none of them."""
    require_instructor(request)
    namespace = get_object_or_404(Namespace.objects.visible_to(request.user), name=name)
    monitor = get_object_or_404(Monitor, namespace=namespace, name=request.POST.get("monitor", ""))
    watches = request.POST.get("watches", "")
    if watches not in {"", *(probe.name for probe in list_watchable_probes(active_lab()))}:
        raise Http404
    Monitor.objects.filter(pk=monitor.pk).update(watches=watches, chosen=True)
    return redirect(reverse("namespace", args=[namespace.name], fragment="monitors"))


@require_POST
def mark_step(request: HttpRequest, name: str) -> HttpResponse:
    """Mark a step that the dashboard does not check as done; with `back` withdraw the mark."""
    require_instructor(request)
    namespace = get_object_or_404(Namespace.objects.visible_to(request.user), name=name)
    step = request.POST.get("step", "")
    unchecked = {each.key for each in active_lab().steps if isinstance(each.detector, NotChecked)}
    if step not in unchecked:
        raise Http404
    now = timezone.now()
    change_mark = withdraw_step_mark if "back" in request.POST else record_step_mark
    change_mark(namespace, step, request.user.get_username(), now)
    publish_news(now, [NamespaceNews(namespace.pk)])
    return redirect(reverse("namespace", args=[namespace.name], fragment=f"step-{step}"))
