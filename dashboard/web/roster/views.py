"""Who is in the class: the roster, and a file that changes it; for instructors only."""

from functools import partial

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dashboard.accounts.instructors import require_instructor
from dashboard.accounts.roster import (
    MOST_BYTES,
    NO_SECTION,
    ParsedRoster,
    RosterError,
    import_roster,
    parse_roster,
)
from dashboard.models.student import LONGEST
from dashboard.web.layout.rendering import render_page
from dashboard.web.roster.page import RosterPage, RosterPreview
from dashboard.web.roster.queries import preview_changes, query_roster


class RosterFileForm(forms.Form):
    """A text, or a file that stands for it."""

    text = forms.CharField(required=False, strip=False)
    file = forms.FileField(required=False)
    section = forms.CharField(required=False, max_length=LONGEST["section"])
    remove = forms.BooleanField(required=False)

    def parse_file(self) -> tuple[str, ParsedRoster]:
        """The text that was given and who is listed in it. Raises `RosterError`."""
        upload = self.cleaned_data.get("file")
        content = upload.read(MOST_BYTES + 1) if upload else self.cleaned_data["text"]
        parsed = parse_roster(content, self.cleaned_data["section"])
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        return text, parsed


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_roster(request: HttpRequest) -> HttpResponse:
    """A posted file is shown with what it would change before `import` is asked for."""
    require_instructor(request)
    if request.method == "POST":
        return receive_file(request)
    roster = query_roster()
    section = request.GET.get("section")
    if section not in (None, NO_SECTION, *roster.sections):
        raise Http404
    return render_page(request, RosterPage(roster=roster, section=section))


def receive_file(request: HttpRequest) -> HttpResponse:
    form = RosterFileForm(request.POST, request.FILES)
    if not form.is_valid():
        problems = [str(problem) for errors in form.errors.values() for problem in errors]
        return render_page(request, RosterPage(roster=query_roster(), faults=problems), status=400)
    page = partial(RosterPage, asked_section=form.cleaned_data["section"])
    try:
        text, parsed = form.parse_file()
    except RosterError as refusal:
        text = "" if form.cleaned_data["file"] else form.cleaned_data["text"][:MOST_BYTES]
        faults = [str(fault) for fault in refusal.faults]
        shown = page(roster=query_roster(), faults=faults, text=text)
        return render_page(request, shown, status=400)
    if "import" in request.POST:
        import_file(request, parsed, remove=form.cleaned_data["remove"])
        return redirect("roster")
    preview = RosterPreview(preview_changes(parsed), parsed)
    return render_page(request, page(roster=query_roster(), text=text, preview=preview))


def import_file(request: HttpRequest, parsed: ParsedRoster, *, remove: bool) -> None:
    changes = import_roster(parsed.entries, timezone.now(), remove_missing=remove)
    removed = f", {len(changes.missing)} removed" if remove else ""
    done = f"Imported: {len(changes.new)} new, {len(changes.changed)} changed{removed}."
    messages.success(request, done)
