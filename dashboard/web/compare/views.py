"""The difference between any two states: of a namespace, of another student, of the lab itself."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.accounts.hints import can_see_solution
from dashboard.active_lab import active_lab
from dashboard.assess.comparison import (
    Comparison,
    ComparisonSide,
    compare_sides,
    evaluate_side,
    load_side,
)
from dashboard.assess.drafts import apply_draft
from dashboard.assess.fetch_problems import STALE_AFTER
from dashboard.history.fetch_errors import find_fetch_problem
from dashboard.history.observed_flows import fetch_observed
from dashboard.history.runs import current_runs
from dashboard.models import Draft, Namespace, Snapshot
from dashboard.times.moment import (
    DraftMoment,
    InvalidMoment,
    Moment,
    NamedMoment,
    NamespaceMoment,
    TimeMoment,
    parse_moment,
)
from dashboard.web.compare.ends import as_typed, ends, says_otherwise, shown
from dashboard.web.compare.page import (
    End,
    basis,
    choices,
    draft_title,
    run_times,
)
from dashboard.web.layout.addresses import format_difference_address as address
from dashboard.web.layout.by_source import count_allowed_flows, draw_by_source
from dashboard.web.layout.grid import build_grid
from dashboard.web.layout.matrix_chart import draw_change_matrix, draw_outcome_matrix
from dashboard.web.layout.refresh import LiveRequest, live_page
from netpol.assess import TooLargeError
from netpol.canonical_policies import canonicalize_policies
from netpol.parse import Json

LISTED = 50
"""So many of the newest states can be chosen from a list; any other by its time."""


@require_safe
@live_page
def difference(request: LiveRequest, name: str) -> HttpResponse:
    """What the form sends is led to the address that says the same in two ends."""
    namespace = get_object_or_404(Namespace.objects.visible_to(request.user), name=name)
    try:
        before, after = ends(request, namespace)
    except InvalidMoment as invalid:
        context = offered(request, namespace, *as_typed(request)) | {"invalid": invalid}
        return render(request, "compare/page.html", context, status=400)
    if says_otherwise(request):
        return redirect(address(namespace.name, before, after))
    context = offered(request, namespace, *shown(before, after))
    context |= {"from": str(before), "to": str(after)}
    context |= trouble(namespace, before, after)
    if NamedMoment.SOLUTION in (before, after) and not can_see_solution(request.user):
        context["kept_back"] = True
    try:
        context |= compared(namespace, before, after)
    except (TooLargeError, UnreadableDraft) as refusal:
        context["invalid"] = refusal
    return render(request, "compare/page.html", context)


class UnreadableDraft(ValueError):  # noqa: N818  named like parse.Invalid
    """A draft in which there is nothing to evaluate."""


def offered(request: HttpRequest, namespace: Namespace, *form: End) -> dict[str, Any]:
    newest = namespace.snapshots.without_bodies()[:LISTED]
    own = [parse_moment(each.chosen) for each in form]
    opened = namespace.drafts.filter(
        pk__in=[end.key for end in own if isinstance(end, DraftMoment)]
    )
    drafts = namespace.drafts.listed_for(request.user) | opened
    now = timezone.now()
    began = current_runs().filter(began_at__gte=namespace.first_seen, began_at__lte=now)
    ran = run_times(began[:LISTED], now, named=request.user.is_staff)
    return {
        "lab": active_lab(),
        "namespace": namespace,
        "form_ends": form,
        "choices": choices(newest, drafts, ran, *own),
        "others": others(namespace) if request.user.is_staff else None,
    }


def trouble(namespace: Namespace, *ends: Moment) -> dict[str, Any]:
    """What its banners tell of each namespace: `stale` are those whose now is of a while ago."""
    named = {end.namespace for end in ends if isinstance(end, NamespaceMoment)} - {namespace.name}
    beside = list(Namespace.objects.filter(name__in=named))
    now = {place(namespace, end)[0] for end in ends if when(end) is NamedMoment.NOW}
    lately = timezone.now() - STALE_AFTER
    return {
        "beside": beside,
        "stale": [
            each.name
            for each in (namespace, *beside)
            if each.name in now and each.last_seen < lately
        ],
    }


def others(namespace: Namespace) -> list[str]:
    """Names for an instructor to choose from."""
    known = Namespace.objects.present().exclude(pk=namespace.pk)
    return list(known.values_list("name", flat=True))


def compared(namespace: Namespace, before: Moment, after: Moment) -> dict[str, Any]:
    grounds = ground(namespace, before, other=after), ground(namespace, after, other=before)
    then, now = (seen_at(*each) for each in grounds)
    if then is None or now is None:
        return unknown(namespace, before if then is None else after)
    old = state(namespace, before, then, grounds[0][1])
    new = state(namespace, after, now, grounds[1][1])
    if old is None or new is None:
        return {"not_assessed": True}
    found = compare_sides(active_lab(), old, new)
    return {"comparison": found} | drawn(found)


def unknown(namespace: Namespace, end: Moment) -> dict[str, Any]:
    """Whose first state came later, if any came."""
    name = end.namespace if isinstance(end, NamespaceMoment) else namespace.name
    return {"nothing_of": name, "earliest": Snapshot.objects.filter(namespace__name=name).oldest()}


def ground(namespace: Namespace, end: Moment, *, other: Moment) -> tuple[str, TimeMoment | None]:
    """Of which namespace and time; what is only evaluated takes its pods from the other end.

    But where a namespace is named, also by a draft, they are of that one, if need be as it is now.
    """
    match end:
        case NamedMoment.BASELINE | NamedMoment.SOLUTION:
            end = other
        case DraftMoment():
            end = NamedMoment.NOW if isinstance(other, NamespaceMoment) else other
        case NamespaceMoment(name, NamedMoment.BASELINE | NamedMoment.SOLUTION):
            end = (
                other
                if isinstance(other, NamespaceMoment) and other.namespace == name
                else NamespaceMoment(name)
            )
    return place(namespace, end)


def place(namespace: Namespace, end: Moment) -> tuple[str, TimeMoment | None]:
    """Of which namespace and at which time; `None` for now."""
    name = end.namespace if isinstance(end, NamespaceMoment) else namespace.name
    time = when(end)
    return name, time if isinstance(time, TimeMoment) else None


def when(end: Moment) -> Moment:
    """Whosever it is."""
    return end.when if isinstance(end, NamespaceMoment) else end


def seen_at(name: str, at: TimeMoment | None) -> Snapshot | None:
    snapshots = (
        Snapshot.objects.with_contents().select_related("namespace").filter(namespace__name=name)
    )
    return (snapshots.begun_by(at.time) if at else snapshots).first()


def state(
    namespace: Namespace, end: Moment, seen: Snapshot, at: TimeMoment | None
) -> ComparisonSide | None:
    """`seen`, of a time, says in whose pods what is only evaluated would be."""
    match when(end):
        case NamedMoment.BASELINE | NamedMoment.SOLUTION as which:
            policies = (
                canonicalize_policies(active_lab().solution)
                if which is NamedMoment.SOLUTION
                else []
            )
            found = evaluate_side(active_lab(), seen.namespace, seen, policies, end)
            return replace(found, basis=basis(end, seen.namespace.name, at))
        case DraftMoment(key):
            draft = get_object_or_404(namespace.drafts, pk=key)
            found = evaluate_side(active_lab(), namespace, seen, drafted(draft, seen), end)
            told = basis(end, namespace.name, at, draft=draft)
            return replace(found, title=draft_title(draft), basis=told)
    return seen_state(end, seen, at)


def seen_state(end: Moment, seen: Snapshot, at: TimeMoment | None) -> ComparisonSide | None:
    time = at.time if at else None
    state = load_side(end, seen, fetch_observed(seen.namespace, time, seen.first_seen))
    if state is None or time is None:  # what cannot be read now is told above all
        return state
    return replace(state, fetch_error=find_fetch_problem(seen.namespace, time))


def drafted(draft: Draft, seen: Snapshot) -> Sequence[Json]:
    """What would be there if the draft had been applied to what was there."""
    live, name = seen.policy_set.manifests, draft.namespace.name
    found = apply_draft(draft.text, live, name, replaces=draft.replaces)
    if not found.has_policies:
        raise UnreadableDraft("Nothing in this draft counts: open it in What if to see why.")
    return found.policies


def drawn(comparison: Comparison) -> dict[str, Any]:
    before, after = comparison.before, comparison.after
    then, now = (
        count_allowed_flows(active_lab(), before.assessment),
        count_allowed_flows(active_lab(), after.assessment),
    )
    return {
        "matrices": [
            ("before", "Before", draw_outcome_matrix(build_grid(active_lab()), before.outcomes)),
            ("after", "After", draw_outcome_matrix(build_grid(active_lab()), after.outcomes)),
            (
                "change",
                "Change",
                draw_change_matrix(build_grid(active_lab()), comparison.difference),
            ),
        ],
        "by_source": draw_by_source(("before", then), ("after", now)),
        "counts": [(source, then[source], now[source]) for source in then],
    }
