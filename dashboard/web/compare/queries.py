"""Reads the two ends of a comparison, and what its form offers."""

from collections.abc import Sequence
from dataclasses import replace

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from dashboard.active_lab import active_lab
from dashboard.assess.comparison import (
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
    Moment,
    NamedMoment,
    NamespaceMoment,
    TimeMoment,
    parse_moment,
)
from dashboard.web.compare.charts import draw_comparison
from dashboard.web.compare.page import (
    ComparePage,
    EndField,
    build_choices,
    describe_basis,
    format_draft_title,
    name_run_times,
)
from netpol.canonical_policies import canonicalize_policies
from netpol.parse import Json

LISTED = 50
"""So many of the newest states can be chosen from a list; any other by its time."""


class UnreadableDraftError(ValueError):
    """A draft in which there is nothing to evaluate."""


def fetch_form(
    request: HttpRequest, namespace: Namespace, form: tuple[EndField, EndField]
) -> ComparePage:
    """The page with its form alone."""
    newest = namespace.snapshots.without_bodies()[:LISTED]
    own = [parse_moment(field.chosen) for field in form]
    opened = namespace.drafts.filter(
        pk__in=[end.key for end in own if isinstance(end, DraftMoment)]
    )
    drafts = namespace.drafts.listed_for(request.user) | opened
    now = timezone.now()
    began = current_runs().filter(began_at__gte=namespace.first_seen, began_at__lte=now)
    runs = name_run_times(began[:LISTED], now, shows_names=request.user.is_staff)
    others = Namespace.objects.present().exclude(pk=namespace.pk)
    return ComparePage(
        lab=active_lab(),
        namespace=namespace,
        fields=form,
        choices=build_choices(newest, drafts, runs, *own),
        others=list(others.values_list("name", flat=True)) if request.user.is_staff else None,
    )


def fetch_comparison(page: ComparePage, before: Moment, after: Moment) -> ComparePage:
    """Raises `TooLargeError` and `UnreadableDraftError`."""
    namespace = page.namespace
    beside = _fetch_other_namespaces(namespace, before, after)
    stale = _list_stale_names([namespace, *beside], namespace, before, after)
    page = replace(page, beside=beside, stale=stale)
    places = (
        _find_ground(namespace, before, other=after),
        _find_ground(namespace, after, other=before),
    )
    then, now = (_fetch_snapshot(*place) for place in places)
    if then is None or now is None:
        end = before if then is None else after
        name = end.namespace if isinstance(end, NamespaceMoment) else namespace.name
        earliest = Snapshot.objects.filter(namespace__name=name).oldest()
        return replace(page, missing=name, earliest=earliest)
    old = _fetch_side(namespace, before, then, places[0][1])
    new = _fetch_side(namespace, after, now, places[1][1])
    if old is None or new is None:
        return replace(page, is_outdated=True)
    comparison = compare_sides(page.lab, old, new)
    return replace(page, comparison=comparison, charts=draw_comparison(page.lab, comparison))


def _fetch_other_namespaces(namespace: Namespace, *ends: Moment) -> list[Namespace]:
    named = {end.namespace for end in ends if isinstance(end, NamespaceMoment)} - {namespace.name}
    return list(Namespace.objects.filter(name__in=named))


def _list_stale_names(shown: Sequence[Namespace], namespace: Namespace, *ends: Moment) -> list[str]:
    """The namespaces of which an end shows now, but which were not read lately."""
    at_now = (end for end in ends if _strip_namespace(end) is NamedMoment.NOW)
    names = {_find_place(namespace, end)[0] for end in at_now}
    lately = timezone.now() - STALE_AFTER
    return [each.name for each in shown if each.name in names and each.last_seen < lately]


def _find_ground(
    namespace: Namespace, end: Moment, *, other: Moment
) -> tuple[str, TimeMoment | None]:
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
    return _find_place(namespace, end)


def _find_place(namespace: Namespace, end: Moment) -> tuple[str, TimeMoment | None]:
    """Of which namespace and at which time; `None` for now."""
    name = end.namespace if isinstance(end, NamespaceMoment) else namespace.name
    time = _strip_namespace(end)
    return name, time if isinstance(time, TimeMoment) else None


def _strip_namespace(end: Moment) -> Moment:
    """Whosever it is."""
    return end.when if isinstance(end, NamespaceMoment) else end


def _fetch_snapshot(name: str, at: TimeMoment | None) -> Snapshot | None:
    snapshots = (
        Snapshot.objects.with_contents().select_related("namespace").filter(namespace__name=name)
    )
    return (snapshots.begun_by(at.time) if at else snapshots).first()


def _fetch_side(
    namespace: Namespace, end: Moment, seen: Snapshot, at: TimeMoment | None
) -> ComparisonSide | None:
    """`seen`, of a time, says in whose pods what is only evaluated would be."""
    match _strip_namespace(end):
        case NamedMoment.BASELINE | NamedMoment.SOLUTION as which:
            policies = (
                canonicalize_policies(active_lab().solution)
                if which is NamedMoment.SOLUTION
                else []
            )
            found = evaluate_side(active_lab(), seen.namespace, seen, policies, end)
            return replace(found, basis=describe_basis(end, seen.namespace.name, at))
        case DraftMoment(key):
            draft = get_object_or_404(namespace.drafts, pk=key)
            found = evaluate_side(
                active_lab(), namespace, seen, _apply_stored_draft(draft, seen), end
            )
            basis = describe_basis(end, namespace.name, at, draft=draft)
            return replace(found, title=format_draft_title(draft), basis=basis)
    return _load_recorded_side(end, seen, at)


def _load_recorded_side(
    end: Moment, seen: Snapshot, at: TimeMoment | None
) -> ComparisonSide | None:
    time = at.time if at else None
    state = load_side(end, seen, fetch_observed(seen.namespace, time, seen.first_seen))
    if state is None or time is None:  # what cannot be read now is told above all
        return state
    return replace(state, fetch_error=find_fetch_problem(seen.namespace, time))


def _apply_stored_draft(draft: Draft, seen: Snapshot) -> Sequence[Json]:
    """What would be there if the draft had been applied to what was there."""
    live, name = seen.policy_set.manifests, draft.namespace.name
    found = apply_draft(draft.text, live, name, replaces=draft.replaces)
    if not found.has_policies:
        raise UnreadableDraftError("Nothing in this draft counts: open it in What if to see why.")
    return found.policies
