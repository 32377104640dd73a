"""The incidents of the class, for instructors."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.accounts.instructors import require_instructor
from dashboard.accounts.names import list_section_names
from dashboard.active_lab import active_lab
from dashboard.history.incidents.recent_outages import find_recent_outages
from dashboard.times.moment import InvalidMoment
from dashboard.web.incidents.page import IncidentChoice, IncidentsPage
from dashboard.web.incidents.queries import list_incidents
from dashboard.web.layout.refresh import LiveRequest, live_page
from dashboard.web.layout.rendering import render_page
from dashboard.web.layout.requested_moment import parse_requested_moment


@require_safe
@live_page
def show_incidents(request: LiveRequest) -> HttpResponse:
    """Narrowed by `?flow=`, `?cause=`, `?student=`, `?section=` and `?days=`; with `?at=` as they
    were then.
    """
    require_instructor(request)
    try:
        asked = parse_requested_moment(request)
    except InvalidMoment as invalid:
        return render_page(request, IncidentsPage(refusal=str(invalid)), status=400)
    if asked:
        request.live_version = ""  # the past does not change
    moment = asked.time if asked else timezone.now()
    choice = IncidentChoice.from_address(request.GET.dict())
    page = IncidentsPage(
        asked=asked,
        choice=choice,
        flows=[flow.name for flow in active_lab().flows],
        sections=list_section_names(),
        outages=find_recent_outages(moment),
        listing=list_incidents(choice, moment, request.GET.get("page")),
    )
    return render_page(request, page)
