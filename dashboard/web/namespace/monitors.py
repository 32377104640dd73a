"""An instructor's word on which of the lab's URLs a monitor of a student's Uptime Kuma watches."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from dashboard.accounts.instructors import require_instructor
from dashboard.active_lab import active_lab
from dashboard.models import Monitor, Namespace
from netpol.lab import Lab, Probe, ProbeReading


def watchable(lab: Lab) -> list[Probe]:
    """The probes whose URL a monitor could ask, too."""
    return [probe for probe in lab.probes if probe.reading is not ProbeReading.UPTIME_KUMA]


@require_POST
def choose(request: HttpRequest, name: str) -> HttpResponse:
    """Nothing chosen means that the monitor watches none of them."""
    require_instructor(request)
    namespace = get_object_or_404(Namespace.objects.visible_to(request.user), name=name)
    monitor = get_object_or_404(Monitor, namespace=namespace, name=request.POST.get("monitor", ""))
    watches = request.POST.get("watches", "")
    if watches not in {"", *(probe.name for probe in watchable(active_lab()))}:
        raise Http404
    Monitor.objects.filter(pk=monitor.pk).update(watches=watches, chosen=True)
    return redirect(reverse("namespace", args=[namespace.name], fragment="monitors"))
