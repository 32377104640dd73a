"""The difference between any two states: of a namespace, of another student, of the lab itself."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.answering.observed import observed
from dashboard.charts.by_source import by_source
from dashboard.charts.matrix import change_matrix, outcome_matrix
from dashboard.current import lab
from dashboard.live import LiveRequest, live
from dashboard.models import Draft, Namespace, Snapshot
from dashboard.models.snapshot import SnapshotQuerySet
from dashboard.pages.addresses import difference as address
from dashboard.pages.by_source import allowed_counts
from dashboard.pages.difference import Comparison, choices, comparison, end, run_times
from dashboard.pages.grid import grid
from dashboard.pages.moment import (
    At,
    Drafted,
    InvalidMoment,
    Moment,
    Named,
    Other,
    moment,
    of_another,
    refuse_future,
)
from dashboard.pages.proposal import proposal
from dashboard.pages.state import State, evaluated_state, recorded_state
from dashboard.runs import current_runs
from dashboard.views.hints import lines_are_open
from netpol.assess import TooMuch
from netpol.canonical import canonical_set
from netpol.parse import Json

WHOSE = ("from_of", "to_of")
"""The form's fields for another student's namespace."""
LISTED = 50
"""So many of the newest states can be chosen from a list; any other by its time."""


@require_safe
@live
def difference(request: LiveRequest, name: str) -> HttpResponse:
    """What the form sends is led to the address that says the same in two ends."""
    namespace = get_object_or_404(Namespace.objects.visible_to(request.user), name=name)
    try:
        before, after = ends(request)
    except InvalidMoment as invalid:
        context = offered(request, namespace, Named.BASELINE, Named.NOW) | {"invalid": invalid}
        return render(request, "difference.html", context, status=400)
    if not all(may_see(request.user, end) for end in (before, after)):
        raise Http404
    if any(request.GET.get(field) for field in WHOSE):
        return redirect(address(namespace.name, before, after))
    context = offered(request, namespace, before, after)
    if Named.SOLUTION in (before, after) and not lines_are_open(request.user):
        context["kept_back"] = True
    try:
        context |= compared(namespace, before, after)
    except (TooMuch, UnreadableDraft) as refusal:
        context["invalid"] = refusal
    return render(request, "difference.html", context)


class UnreadableDraft(ValueError):  # noqa: N818  named like parse.Invalid
    """A draft in which there is nothing to evaluate."""


def ends(request: HttpRequest) -> tuple[Moment, Moment]:
    """Raises `InvalidMoment`."""
    before = moment(request.GET.get("from") or Named.BASELINE)
    after = moment(request.GET.get("to") or Named.NOW)
    for each in (before, after):
        refuse_future(each, timezone.now())
    whose = [request.GET.get(field, "").strip() for field in WHOSE]
    return whose_moment(before, whose[0]), whose_moment(after, whose[1])


def whose_moment(end: Moment, namespace: str) -> Moment:
    return of_another(end, namespace) if namespace else end


def may_see(user: User, end: Moment) -> bool:
    """Of other namespaces only instructors see anything, and they every one that there is."""
    match end:
        case Other(name):
            return user.is_staff and Namespace.objects.filter(name=name).exists()
    return True


def offered(
    request: HttpRequest, namespace: Namespace, before: Moment, after: Moment
) -> dict[str, Any]:
    newest = namespace.snapshots.light()[:LISTED]
    drafts = namespace.drafts.listed_for(request.user)
    now = timezone.now()
    began = current_runs().filter(began_at__gte=namespace.first_seen, began_at__lte=now)
    form = (end("from", "From", before), end("to", "To", after))
    own = [moment(each.chosen) for each in form]
    ran = run_times(began[:LISTED], now, named=request.user.is_staff)
    return {
        "lab": lab(),
        "namespace": namespace,
        "from": str(before),
        "to": str(after),
        "form_ends": form,
        "choices": choices(newest, drafts, ran, *own),
        "others": others(namespace) if request.user.is_staff else None,
    }


def others(namespace: Namespace) -> list[str]:
    """Names for an instructor to choose from."""
    known = Namespace.objects.present().exclude(pk=namespace.pk)
    return list(known.values_list("name", flat=True))


def compared(namespace: Namespace, before: Moment, after: Moment) -> dict[str, Any]:
    then, now = snapshot(namespace, before, other=after), snapshot(namespace, after, other=before)
    if then is None or now is None:
        return unknown(namespace, before if then is None else after)
    old, new = state(namespace, before, then), state(namespace, after, now)
    if old is None or new is None:
        return {"not_assessed": True}
    found = comparison(lab(), old, new)
    return {"comparison": found} | drawn(found)


def unknown(namespace: Namespace, end: Moment) -> dict[str, Any]:
    """Whose first state came later, if any came."""
    name = end.namespace if isinstance(end, Other) else namespace.name
    return {"nothing_of": name, "earliest": Snapshot.objects.filter(namespace__name=name).oldest()}


def snapshot(namespace: Namespace, end: Moment, *, other: Moment) -> Snapshot | None:
    """What was seen at this end; what is only evaluated takes its pods from the other.

    But a draft is of its own namespace, with the pods that are there now.
    """
    if end in (Named.BASELINE, Named.SOLUTION):
        end = other
    elif isinstance(end, Drafted):
        end = Named.NOW if isinstance(other, Other) else other
    snapshots = Snapshot.objects.whole().select_related("namespace")
    match end:
        case Other(name, at):
            return seen_at(snapshots.filter(namespace__name=name), at)
        case At():
            return seen_at(snapshots.filter(namespace=namespace), end)
    return seen_at(snapshots.filter(namespace=namespace), None)


def seen_at(snapshots: SnapshotQuerySet, at: At | None) -> Snapshot | None:
    return (snapshots.at(at.time) if at else snapshots).first()


def state(namespace: Namespace, end: Moment, seen: Snapshot) -> State | None:
    """`seen` says in whose pods what is only evaluated would be."""
    match end:
        case Named.BASELINE:
            return evaluated_state(lab(), seen.namespace, seen, [], end)
        case Named.SOLUTION:
            policies = canonical_set(lab().solution)
            return evaluated_state(lab(), seen.namespace, seen, policies, end)
        case Drafted(key):
            draft = get_object_or_404(namespace.drafts, pk=key)
            return evaluated_state(lab(), namespace, seen, drafted(draft, seen), end)
        case Named.NOW:
            return seen_state(end, seen, None)
        case At():
            return seen_state(end, seen, end)
        case Other(_, at):
            return seen_state(end, seen, at)


def seen_state(end: Moment, seen: Snapshot, at: At | None) -> State | None:
    time = at.time if at else None
    return recorded_state(end, seen, observed(seen.namespace, time, seen.first_seen))


def drafted(draft: Draft, seen: Snapshot) -> Sequence[Json]:
    """What would be there if the draft had been applied to what was there."""
    live, name = seen.policy_set.manifests, draft.namespace.name
    found = proposal(draft.text, live, name, replaces=draft.replaces)
    if not found.counts:
        raise UnreadableDraft("Nothing in this draft counts: open it in What if to see why.")
    return found.policies


def drawn(comparison: Comparison) -> dict[str, Any]:
    before, after = comparison.before, comparison.after
    then, now = allowed_counts(lab(), before.assessment), allowed_counts(lab(), after.assessment)
    return {
        "matrices": [
            ("before", "Before", outcome_matrix(grid(lab()), before.outcomes)),
            ("after", "After", outcome_matrix(grid(lab()), after.outcomes)),
            ("change", "Change", change_matrix(grid(lab()), comparison.difference)),
        ],
        "by_source": by_source(("before", then), ("after", now)),
        "counts": [(source, then[source], now[source]) for source in then],
    }
