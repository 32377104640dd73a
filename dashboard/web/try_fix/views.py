"""What a namespace would be like with other policies, before anybody applies them."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.accounts.hints import can_see_findings
from dashboard.active_lab import active_lab
from dashboard.assess.drafts import apply_draft
from dashboard.assess.manifests import format_documents
from dashboard.history.fetch_errors import fetch_past_reading
from dashboard.history.namespace_objects import fetch_objects
from dashboard.history.progress import fetch_reached_steps, fetch_step_marks
from dashboard.models import Draft, Namespace, Snapshot
from dashboard.times.moment import InvalidMoment
from dashboard.web.layout.rendering import render_page
from dashboard.web.layout.requested_moment import parse_requested_moment
from dashboard.web.try_fix.charts import draw_matrices
from dashboard.web.try_fix.page import MODES, MOST_KIB, DraftContext, TryFixPage, evaluate_draft
from netpol.assess import TooLargeError

MOST_TEXT = MOST_KIB * 1024
MOST_DRAFTS = 20


class DraftForm(forms.Form):
    """A text, or a file that stands for it."""

    yaml = forms.CharField(required=False, strip=False, max_length=MOST_TEXT, label="YAML")
    file = forms.FileField(required=False, label="or a file")
    mode = forms.ChoiceField(choices=MODES, initial="add")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if upload := cleaned.get("file"):
            cleaned["yaml"] = self._decode_upload(upload)
        if not self.errors and not cleaned.get("yaml", "").strip():
            self.add_error("yaml", "Paste NetworkPolicies as YAML, or choose a file.")
        return cleaned

    def _decode_upload(self, upload: Any) -> str:
        if upload.size > MOST_TEXT:
            self.add_error("file", f"The file is larger than {MOST_KIB} KiB.")
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
def try_fix(request: HttpRequest, name: str) -> HttpResponse:
    """Try policies on the namespace as it is, or with `?at=` as it was.

    Only `keep` stores anything: a draft, which its key opens.
    """
    namespace = get_object_or_404(Namespace.objects.visible_to(request.user), name=name)
    try:
        moment = parse_requested_moment(request)
    except InvalidMoment as invalid:
        page = TryFixPage(lab=active_lab(), namespace=namespace, invalid=str(invalid))
        return render_page(request, page, status=400)
    snapshots = namespace.snapshots.with_contents()
    snapshot = (snapshots.begun_by(moment.time) if moment else snapshots).first()
    page = TryFixPage(
        lab=active_lab(),
        namespace=namespace,
        snapshot=snapshot,
        at=moment,
        past=fetch_past_reading(namespace, snapshot, moment) if moment else None,
        drafts=list(namespace.drafts.listed_for(request.user)),
    )
    if snapshot is None:
        return render_page(request, page)
    if request.method == "POST":
        return answer_form(request, page, snapshot)
    return render_page(request, open_form(request, page, snapshot))


def open_form(request: HttpRequest, page: TryFixPage, snapshot: Snapshot) -> TryFixPage:
    """With a draft, or the policies in force to start from, or empty."""
    if key := request.GET.get("draft"):
        draft = get_object_or_404(page.namespace.drafts, pk=parse_key(key))
        mode = "replace" if draft.replaces else "add"
        page = replace(page, draft=draft, yaml=draft.text, mode=mode)
        return try_policies(request, page, snapshot)
    if request.GET.get("start") == "now":
        live = format_documents(snapshot.policy_set.manifests)
        return replace(page, yaml=live, mode="replace")
    return page


def answer_form(request: HttpRequest, page: TryFixPage, snapshot: Snapshot) -> HttpResponse:
    form = DraftForm(request.POST, request.FILES)
    keeps = "keep" in request.POST
    if form.is_valid() and keeps and page.namespace.drafts.count() >= MOST_DRAFTS:
        full = f"This namespace has {MOST_DRAFTS} drafts already: delete one that is not needed."
        form.add_error(None, full)
    page = replace(
        page,
        yaml=form.cleaned_data.get("yaml", ""),
        mode=form.cleaned_data.get("mode", "add"),
        problems=tuple(str(each) for problems in form.errors.values() for each in problems),
    )
    if page.problems:
        return render_page(request, page, status=400)
    if keeps:
        return keep_draft(request, page)
    return render_page(request, try_policies(request, page, snapshot))


def keep_draft(request: HttpRequest, page: TryFixPage) -> HttpResponse:
    draft = Draft.objects.create(
        namespace=page.namespace,
        text=page.yaml,
        replaces=page.replaces,
        by=request.user.get_username(),
        at=timezone.now(),
    )
    return redirect_back(request, page.namespace.name, {"draft": str(draft.pk)})


def redirect_back(request: HttpRequest, name: str, query: dict[str, str]) -> HttpResponse:
    """At the moment at which the page was."""
    query |= {"at": request.GET["at"]} if "at" in request.GET else {}
    address = reverse("what-if", args=[name])
    return redirect(f"{address}?{urlencode(query)}" if query else address)


def try_policies(request: HttpRequest, page: TryFixPage, snapshot: Snapshot) -> TryFixPage:
    namespace, time = page.namespace, page.at.time if page.at else None
    live = snapshot.policy_set.manifests
    applied = apply_draft(page.yaml, live, namespace.name, replaces=page.replaces)
    page = replace(page, applied=applied)
    if not applied.has_policies:
        return page
    records = DraftContext(
        fetch_reached_steps(namespace, time),
        fetch_step_marks(namespace, time),
        fetch_objects(namespace, min(time, snapshot.last_seen) if time else None).services,
        settings.CNI_PROFILE,
    )
    try:
        outcome = evaluate_draft(page.lab, namespace, snapshot, applied, records)
    except TooLargeError as refusal:
        return replace(page, refusal=str(refusal))
    return replace(
        page,
        outcome=outcome,
        matrices=draw_matrices(page.lab, outcome, is_past=page.at is not None),
        shows_findings=can_see_findings(request.user),
    )


@require_POST
def delete_draft(request: HttpRequest, name: str, key: UUID) -> HttpResponse:
    """Whoever wrote a draft, and an instructor, may delete it."""
    namespace = get_object_or_404(Namespace.objects.visible_to(request.user), name=name)
    get_object_or_404(namespace.drafts.listed_for(request.user), pk=key).delete()
    return redirect_back(request, name, {})


def parse_key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
