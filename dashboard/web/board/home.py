"""What somebody sees first: an instructor the class, a student their own namespaces."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.active_lab import active_lab
from dashboard.models import Namespace
from dashboard.times.moment import InvalidMoment
from dashboard.web.board.queries import rows_of
from dashboard.web.board.views import board
from dashboard.web.layout.addresses import format_past_address
from dashboard.web.layout.refresh import LiveRequest, live_page
from dashboard.web.layout.requested_moment import parse_requested_moment


@require_safe
@live_page
def home(request: LiveRequest) -> HttpResponse:
    """A student's rows say of each namespace what the instructor's board does: they are waited for
    from when the class of that environment is at work.
    """
    if request.user.is_staff:
        return board(request)
    try:
        asked = parse_requested_moment(request)
    except InvalidMoment as invalid:
        request.live_version = ""
        return render(request, "board/home.html", {"invalid": invalid}, status=400)
    time = asked.time if asked else None
    namespaces = Namespace.objects.visible_to(request.user).there(time)
    if len(namespaces) == 1:
        name = namespaces[0].name
        return redirect(format_past_address(name, asked)) if asked else redirect("namespace", name)
    if asked:
        request.live_version = ""  # what was does not change
    rows = [
        row
        for environment in sorted({each.environment for each in namespaces})
        for of in (Namespace.objects.filter(environment=environment),)
        for row in rows_of(namespaces.filter(environment=environment), time, among=of)
    ]
    context = {"lab": active_lab(), "rows": rows, "moment": time or timezone.now()}
    context |= {"at": asked, "at_query": f"?at={asked}" if asked else ""}
    return render(request, "board/home.html", context)
