"""The comparison of any two: moments of a namespace, another student, the lab's own policies."""

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from dashboard.accounts.hints import can_see_solution
from dashboard.models import Namespace
from dashboard.times.moment import InvalidMoment, NamedMoment
from dashboard.web.compare.fields import build_fields, needs_redirect, parse_ends, parse_fields
from dashboard.web.compare.queries import UnreadableDraftError, fetch_comparison, fetch_form
from dashboard.web.layout.addresses import format_difference_address
from dashboard.web.layout.refresh import LiveRequest, live_page
from dashboard.web.layout.rendering import render_page
from netpol.assess import TooLargeError


@require_safe
@live_page
def show_comparison(request: LiveRequest, name: str) -> HttpResponse:
    """The form's fields redirect to the address that names the same two ends."""
    namespace = get_object_or_404(Namespace.objects.visible_to(request.user), name=name)
    try:
        before, after = parse_ends(request, namespace)
    except InvalidMoment as invalid:
        page = fetch_form(request, namespace, parse_fields(request))
        return render_page(request, replace(page, invalid=str(invalid)), status=400)
    if needs_redirect(request):
        return redirect(format_difference_address(namespace.name, before, after))
    page = replace(
        fetch_form(request, namespace, build_fields(before, after)),
        swapped_address=format_difference_address(namespace.name, after, before),
        hides_policies=(
            NamedMoment.SOLUTION in (before, after) and not can_see_solution(request.user)
        ),
    )
    try:
        page = fetch_comparison(page, before, after)
    except (TooLargeError, UnreadableDraftError) as refusal:
        page = replace(page, invalid=str(refusal))
    return render_page(request, page)
