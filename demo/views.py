"""Signing in with one click, which only the demo offers."""

from dataclasses import dataclass
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
from demo.classroom.roster import SimulatedStudent
from demo.simulation import simulated_classroom


@dataclass(frozen=True, slots=True)
class DemoSignInPage:
    instructor: str
    students: tuple[SimulatedStudent, ...]


class DemoSignIn(accounts.SignIn):
    """A page with a button for everybody in the simulated class."""

    template_name = "demo/sign-in.html"

    def get_context_data(self, **_: Any) -> dict[str, Any]:
        return {"page": DemoSignInPage(INSTRUCTOR, simulated_classroom().students)}


# Exempt, because the demo promises scripts that a plain POST is enough. Another site could at most
# sign its visitor into a simulation that everybody on this machine sees anyway.
@csrf_exempt
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    # The address alone: ALLOWED_HOSTS refuses a name that leads here by a trick.
    if not ip_address(request.META["REMOTE_ADDR"]).is_loopback:
        raise PermissionDenied("Only the machine that runs the demo can sign in.")
    user = get_object_or_404(get_user_model(), username=request.POST.get("user", ""))
    login(request, user)
    return redirect("home")
