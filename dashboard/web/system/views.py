"""Is it them or is it us? How polling and probing fare; for instructors only."""

from django.conf import settings
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.accounts.instructors import require_instructor
from dashboard.health.worker_health import list_worker_health
from dashboard.models import Namespace
from dashboard.web.layout.refresh import LiveRequest, live_page
from dashboard.web.system.page import coverage


@require_safe
@live_page
def system(request: LiveRequest) -> HttpResponse:
    require_instructor(request)
    present = Namespace.objects.present()
    now = timezone.now()
    poll, probe = list_worker_health(now)
    context = {
        "pulses": (poll, probe),
        "looks": coverage(now),
        "profile": settings.CNI_PROFILE,
        "newest": present.aggregate(newest=Max("last_seen"))["newest"],
        "failing": present.exclude(failure="").order_by("failing_since", "name"),
        "seconds": poll.detail.get("seconds"),
        "missing_rights": poll.detail.get("missing_rights", []),
        "notes": poll.detail.get("notes", []),
    }
    return render(request, "system/page.html", context)
