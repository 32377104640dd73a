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
    if request.user.is_staff:
        return board(request)
    namespaces = Namespace.objects.visible_to(request.user).present()
    if len(namespaces) == 1:
        return redirect("namespace", namespaces[0].name)
    return render(
        request, "home.html", {"lab": lab(), "rows": rows_of(namespaces), "moment": timezone.now()}
    )
