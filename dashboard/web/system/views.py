"""How polling and probing do; for instructors only."""

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.accounts.instructors import require_instructor
from dashboard.health.worker_health import list_worker_health
from dashboard.web.layout.refresh import LiveRequest, live_page
from dashboard.web.layout.rendering import render_page
from dashboard.web.system.page import SystemPage
from dashboard.web.system.queries import query_coverage, query_failing, query_newest


@require_safe
@live_page
def show_system(request: LiveRequest) -> HttpResponse:
    require_instructor(request)
    now = timezone.now()
    page = SystemPage(
        workers=list_worker_health(now),
        coverage=query_coverage(now),
        profile=settings.CNI_PROFILE,
        newest=query_newest(),
        failing=query_failing(),
    )
    return render_page(request, page)
