"""An instructor's word on a step that the dashboard does not check, and its taking back."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from dashboard.current import lab
from dashboard.models import Namespace, StepMark
from dashboard.views.instructors import require_instructor
from netpol.lab import NotChecked


@require_POST
def mark(request: HttpRequest, name: str) -> HttpResponse:
    """`step` is done; with `back` it is not said any more. Who marked it first stays."""
    require_instructor(request)
    namespace = get_object_or_404(Namespace.objects.visible_to(request.user), name=name)
    step = request.POST.get("step", "")
    if step not in {each.key for each in lab().steps if isinstance(each.detector, NotChecked)}:
        raise Http404
    if "back" in request.POST:
        namespace.step_marks.filter(step=step).delete()
    else:
        by, now = request.user.get_username(), timezone.now()
        said = StepMark(namespace=namespace, step=step, by=by, at=now)
        StepMark.objects.bulk_create([said], ignore_conflicts=True)
    return redirect(reverse("namespace", args=[namespace.name], fragment=f"step-{step}"))
