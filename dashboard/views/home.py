"""What somebody sees first: an instructor the class, a student their own namespaces."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.current import lab
from dashboard.live import LiveRequest, live
from dashboard.models import Namespace
from dashboard.views.board import board
from dashboard.views.rows import rows_of


@require_safe
@live
def home(request: LiveRequest) -> HttpResponse:
    """A student's rows say of each namespace what the instructor's board does: they are waited for
    from when the class of that environment is at work.
    """
    if request.user.is_staff:
        return board(request)
    namespaces = Namespace.objects.visible_to(request.user).present()
    if len(namespaces) == 1:
        return redirect("namespace", namespaces[0].name)
    rows = [
        row
        for environment in sorted({each.environment for each in namespaces})
        for of in (Namespace.objects.filter(environment=environment),)
        for row in rows_of(namespaces.filter(environment=environment), among=of)
    ]
    context = {"lab": lab(), "rows": rows, "moment": timezone.now()}
    return render(request, "home.html", context)
