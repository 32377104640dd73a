"""Signing in with one click, which only the demo offers."""

from ipaddress import ip_address
from typing import Any

from django.contrib.auth import get_user_model, login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dashboard.accounts import views as accounts
from demo.accounts import INSTRUCTOR
from demo.simulation import list_students


class DemoSignIn(accounts.SignIn):
    """The product's page with a button for everybody in the simulated class."""

    template_name = "demo/sign-in.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(instructor=INSTRUCTOR, students=list_students(), **context)


# Exempt so that a plain POST is enough, as the demo promises to scripts: another site could at
# most sign its visitor into a simulation that shows the same to everybody on this machine.
@csrf_exempt
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    if not _from_this_machine(request):
        raise PermissionDenied("The demo lets in only who sits at the machine that it runs on.")
    user = get_object_or_404(get_user_model(), username=request.POST.get("user", ""))
    login(request, user)
    return redirect("home")


def _from_this_machine(request: HttpRequest) -> bool:
    """By address; a name that leads here by a trick is none of ALLOWED_HOSTS."""
    return ip_address(request.META["REMOTE_ADDR"]).is_loopback
