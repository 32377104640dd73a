"""What a namespace would be like with other policies, before anybody applies them."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.accounts.hints import can_see_findings
from dashboard.active_lab import active_lab
from dashboard.assess.drafts import apply_draft
from dashboard.assess.manifests import format_documents
from dashboard.history.fetch_errors import describe_past
from dashboard.history.namespace_objects import fetch_objects
from dashboard.history.progress import fetch_reached_steps, fetch_step_marks
from dashboard.models import Draft, Namespace, Snapshot
from dashboard.times.moment import InvalidMoment, NamedMoment
from dashboard.web.layout.grid import build_grid
from dashboard.web.layout.matrix_chart import draw_change_matrix, draw_outcome_matrix
from dashboard.web.layout.requested_moment import parse_requested_moment
from dashboard.web.try_fix.page import TITLE, Beside, trial
from netpol.assess import TooLargeError

MOST_TEXT = 256 * 1024
"""Bytes of YAML: fifty times the lab's solution."""
MOST_DRAFTS = 20
MODES = (("add", "Add to what is there"), ("replace", "Replace all that is there"))


class WhatIf(forms.Form):
    """A text, or a file that stands for it."""

    yaml = forms.CharField(required=False, strip=False, max_length=MOST_TEXT, label="YAML")
    file = forms.FileField(required=False, label="or a file")
    mode = forms.ChoiceField(choices=MODES, initial="add")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if upload := cleaned.get("file"):
            cleaned["yaml"] = self._decoded(upload)
        if not self.errors and not cleaned.get("yaml", "").strip():
            self.add_error("yaml", "Paste NetworkPolicies as YAML, or choose a file.")
        return cleaned

    def _decoded(self, upload: Any) -> str:
        if upload.size > MOST_TEXT:
            self.add_error("file", f"The file is larger than {MOST_TEXT // 1024} KiB.")
            return ""
        try:
            text: str = upload.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            self.add_error("file", "The file is not UTF-8 text; choose one with YAML.")
            return ""
        if "\0" in text:
            self.add_error("file", "The file holds NUL bytes; choose one with YAML.")
        return text


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def what_if(request: HttpRequest, name: str) -> HttpResponse:
    """Nothing is kept but what `keep` asks for; a draft is opened by its key.

    With `?at=` it is tried on what was there then.
    """
    namespace = get_object_or_404(Namespace.objects.visible_to(request.user), name=name)
    try:
        moment = parse_requested_moment(request)
    except InvalidMoment as invalid:
        context = {"lab": active_lab(), "namespace": namespace, "invalid": invalid}
        return render(request, "try_fix/page.html", context, status=400)
    snapshots = namespace.snapshots.with_contents()
    snapshot = (snapshots.begun_by(moment.time) if moment else snapshots).first()
    context = {
        "lab": active_lab(),
        "namespace": namespace,
        "snapshot": snapshot,
        "at": moment,
        "here": moment or NamedMoment.NOW,
        "drafts": namespace.drafts.listed_for(request.user),
        "modes": MODES,
        "most": MOST_TEXT // 1024,
    }
    if moment:
        context |= describe_past(namespace, snapshot, moment)
    if snapshot is None:
        return render(request, "try_fix/page.html", context)
    if request.method == "POST":
        return posted(request, namespace, snapshot, context)
    return render(request, "try_fix/page.html", context | opened(request, namespace, snapshot))


def opened(request: HttpRequest, namespace: Namespace, snapshot: Snapshot) -> dict[str, Any]:
    """A draft, or the policies in force to start from, or an empty form."""
    if key := request.GET.get("draft"):
        draft = get_object_or_404(namespace.drafts, pk=as_key(key))
        written = {"yaml": draft.text, "mode": "replace" if draft.replaces else "add"}
        return {"draft": draft, **written, **tried(request, namespace, snapshot, written)}
    if request.GET.get("start") == "now":
        live = format_documents(snapshot.policy_set.manifests)
        return {"yaml": live, "mode": "replace"}
    return {"yaml": "", "mode": "add"}


def posted(
    request: HttpRequest, namespace: Namespace, snapshot: Snapshot, context: dict[str, Any]
) -> HttpResponse:
    form = WhatIf(request.POST, request.FILES)
    keep = "keep" in request.POST
    if form.is_valid() and keep and namespace.drafts.count() >= MOST_DRAFTS:
        full = f"This namespace has {MOST_DRAFTS} drafts already: delete one that is not needed."
        form.add_error(None, full)
    written = {
        "yaml": form.cleaned_data.get("yaml", ""),
        "mode": form.cleaned_data.get("mode", "add"),
    }
    if not form.is_valid():
        refused = context | written | {"form": form}
        return render(request, "try_fix/page.html", refused, status=400)
    if keep:
        return kept(request, namespace, written)
    shown = context | written | tried(request, namespace, snapshot, written)
    return render(request, "try_fix/page.html", shown)


def kept(request: HttpRequest, namespace: Namespace, written: dict[str, str]) -> HttpResponse:
    draft = Draft.objects.create(
        namespace=namespace,
        text=written["yaml"],
        replaces=written["mode"] == "replace",
        by=request.user.get_username(),
        at=timezone.now(),
    )
    return opened_again(request, namespace.name, {"draft": str(draft.pk)})


def opened_again(request: HttpRequest, name: str, query: dict[str, str]) -> HttpResponse:
    """At the moment at which it was."""
    query |= {"at": request.GET["at"]} if "at" in request.GET else {}
    address = reverse("what-if", args=[name])
    return redirect(f"{address}?{urlencode(query)}" if query else address)


def tried(
    request: HttpRequest, namespace: Namespace, snapshot: Snapshot, written: dict[str, str]
) -> dict[str, Any]:
    live, replaces = snapshot.policy_set.manifests, written["mode"] == "replace"
    proposed = apply_draft(written["yaml"], live, namespace.name, replaces=replaces)
    if not proposed.has_policies:
        return {"proposal": proposed}
    moment = parse_requested_moment(request)
    time = moment.time if moment else None
    beside = Beside(
        fetch_reached_steps(namespace, time),
        fetch_step_marks(namespace, time),
        fetch_objects(namespace, min(moment.time, snapshot.last_seen) if moment else None).services,
        settings.CNI_PROFILE,
    )
    try:
        found = trial(active_lab(), namespace, snapshot, proposed, beside)
    except TooLargeError as refusal:
        return {"proposal": proposed, "refusal": refusal}
    return {
        "proposal": proposed,
        "trial": found,
        "comparison": found.comparison,
        "findings_open": can_see_findings(request.user),
        "matrices": [
            (
                "after",
                TITLE,
                draw_outcome_matrix(build_grid(active_lab()), found.comparison.after.outcomes),
            ),
            (
                "change",
                "Change from then" if moment else "Change from now",
                draw_change_matrix(build_grid(active_lab()), found.comparison.difference),
            ),
        ],
    }


@require_POST
def drop(request: HttpRequest, name: str, key: UUID) -> HttpResponse:
    """Whoever wrote a draft, and an instructor, may delete it."""
    namespace = get_object_or_404(Namespace.objects.visible_to(request.user), name=name)
    get_object_or_404(namespace.drafts.listed_for(request.user), pk=key).delete()
    return opened_again(request, name, {})


def as_key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
