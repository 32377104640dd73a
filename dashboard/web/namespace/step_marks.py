"""An instructor's word on a step that the dashboard does not check, and its taking back."""

from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Greatest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from dashboard.accounts.instructors import require_instructor
from dashboard.active_lab import active_lab
from dashboard.live import NamespaceNews, publish_news
from dashboard.models import Namespace, StepMark
from netpol.lab import NotChecked


@require_POST
def mark(request: HttpRequest, name: str) -> HttpResponse:
    """`step` is done; with `back` it is not said any more. Who was first stays, and every mark that
    there was is kept.
    """
    require_instructor(request)
    namespace = get_object_or_404(Namespace.objects.visible_to(request.user), name=name)
    step = request.POST.get("step", "")
    if step not in {
        each.key for each in active_lab().steps if isinstance(each.detector, NotChecked)
    }:
        raise Http404
    by, now = request.user.get_username(), timezone.now()
    if "back" in request.POST:
        standing = namespace.step_marks.holding().filter(step=step)
        # Another process, whose clock is ahead of this one's, may have marked it.
        back = Greatest(Value(now, output_field=DateTimeField()), F("at"))
        standing.update(taken_back_by=by, taken_back_at=back)
    else:
        said = StepMark(namespace=namespace, step=step, by=by, at=now)
        StepMark.objects.bulk_create([said], ignore_conflicts=True)
    publish_news(now, [NamespaceNews(namespace.pk)])
    return redirect(reverse("namespace", args=[namespace.name], fragment=f"step-{step}"))
