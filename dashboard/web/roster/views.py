"""Who is in the class: the roster, and a file that changes it; for instructors only."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dashboard.accounts.instructors import require_instructor
from dashboard.accounts.roster import (
    MOST_BYTES,
    NO_SECTION,
    ParsedRoster,
    RosterError,
    compare_roster,
    import_roster,
    parse_roster,
)
from dashboard.models import Namespace, Student
from dashboard.models.student import LONGEST
from dashboard.web.roster.page import roster as roster_of

MOST_FAULTS = 20
"""Those that are shown of a refused file."""


class RosterFile(forms.Form):
    """A text, or a file that stands for it."""

    text = forms.CharField(required=False, strip=False)
    file = forms.FileField(required=False)
    section = forms.CharField(required=False, max_length=LONGEST["section"])
    remove = forms.BooleanField(required=False)

    def read(self) -> tuple[str, ParsedRoster]:
        """What was given and who is listed in it. Raises `RosterError`."""
        upload = self.cleaned_data.get("file")
        content = upload.read(MOST_BYTES + 1) if upload else self.cleaned_data["text"]
        listed = parse_roster(content, self.cleaned_data["section"])
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        return text, listed


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def roster(request: HttpRequest) -> HttpResponse:
    """A file is shown with what it would change before `import` is asked for."""
    require_instructor(request)
    return posted(request) if request.method == "POST" else shown(request)


def posted(request: HttpRequest) -> HttpResponse:
    form = RosterFile(request.POST, request.FILES)
    if not form.is_valid():
        problems = [problem for field in form.errors.values() for problem in field]
        return shown(request, status=400, faults=problems)
    try:
        text, listed = form.read()
    except RosterError as refusal:
        return shown(
            request,
            status=400,
            faults=refusal.faults[:MOST_FAULTS],
            more_faults=len(refusal.faults[MOST_FAULTS:]),
            text="" if form.cleaned_data["file"] else form.cleaned_data["text"][:MOST_BYTES],
            asked_section=form.cleaned_data["section"],
        )
    if "import" in request.POST:
        remove = form.cleaned_data["remove"]
        found = import_roster(listed.entries, timezone.now(), remove_missing=remove)
        removed = f", {len(found.missing)} removed" if remove else ""
        done = f"Imported: {len(found.new)} new, {len(found.changed)} changed{removed}."
        messages.success(request, done)
        return redirect("roster")
    return shown(
        request,
        text=text,
        asked_section=form.cleaned_data["section"],
        preview=compare_roster(Student.objects.all(), listed.entries),
        nameless=listed.nameless,
        sectionless=listed.sectionless,
    )


def shown(request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
    found = roster_of(Student.objects.all(), Namespace.objects.present())
    section = request.GET.get("section")
    if section not in (None, NO_SECTION, *found.sections):
        raise Http404
    told = {"roster": found, "members": found.of(section), "section": section, "none": NO_SECTION}
    told |= {"most": MOST_BYTES // 1024, "longest": LONGEST}
    return render(request, "roster/page.html", told | context, status=status)
