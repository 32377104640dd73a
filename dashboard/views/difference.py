"""The difference between any two states of a namespace, baseline and solution included."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from dashboard.answering.observed import observed
from dashboard.charts.by_source import by_source
from dashboard.charts.matrix import change_matrix, outcome_matrix
from dashboard.current import lab
from dashboard.live import LiveRequest, live
from dashboard.models import Draft, Namespace, Snapshot
from dashboard.pages.by_source import allowed_counts
from dashboard.pages.difference import Comparison, choices, comparison
from dashboard.pages.grid import grid
from dashboard.pages.moment import At, Drafted, InvalidMoment, Moment, Named, moment
from dashboard.pages.proposal import proposal
from dashboard.pages.state import State, evaluated_state, recorded_state
from dashboard.views.hints import lines_are_open
from netpol.assess import TooMuch
from netpol.canonical import canonical_set
from netpol.parse import Json

LISTED = 50
"""So many of the newest states can be chosen from a list; any other by its time."""


@require_safe
@live
def difference(request: LiveRequest, name: str) -> HttpResponse:
    namespace = get_object_or_404(Namespace.objects.visible_to(request.user), name=name)
    try:
        before = moment(request.GET.get("from") or Named.BASELINE)
        after = moment(request.GET.get("to") or Named.NOW)
    except InvalidMoment as invalid:
        context = offered(request, namespace, Named.BASELINE, Named.NOW) | {"invalid": invalid}
        return render(request, "difference.html", context, status=400)
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


def offered(
    request: HttpRequest, namespace: Namespace, before: Moment, after: Moment
) -> dict[str, Any]:
    newest = namespace.snapshots.light()[:LISTED]
    drafts = namespace.drafts.listed_for(request.user)
    return {
        "lab": lab(),
        "namespace": namespace,
        "from": str(before),
        "to": str(after),
        "choices": choices(newest, drafts, before, after),
    }


def compared(namespace: Namespace, before: Moment, after: Moment) -> dict[str, Any]:
    then, now = snapshot(namespace, before, other=after), snapshot(namespace, after, other=before)
    if then is None or now is None:
        return {"earliest": namespace.snapshots.order_by("first_seen").first()}
    old, new = state(namespace, before, then), state(namespace, after, now)
    if old is None or new is None:
        return {"not_assessed": True}
    found = comparison(lab(), old, new)
    return {"comparison": found} | drawn(found)


def snapshot(namespace: Namespace, end: Moment, *, other: Moment) -> Snapshot | None:
    """What was seen at this end; what is only evaluated takes its pods from the other."""
    if isinstance(end, Drafted) or end in (Named.BASELINE, Named.SOLUTION):
        end = other
    snapshots = namespace.snapshots.whole()
    return (snapshots.at(end.time) if isinstance(end, At) else snapshots).first()


def state(namespace: Namespace, end: Moment, seen: Snapshot) -> State | None:
    match end:
        case Named.BASELINE:
            return evaluated_state(lab(), namespace, seen, [], end)
        case Named.SOLUTION:
            return evaluated_state(lab(), namespace, seen, canonical_set(lab().solution), end)
        case Drafted(key):
            draft = get_object_or_404(namespace.drafts, pk=key)
            return evaluated_state(lab(), namespace, seen, drafted(draft, seen), end)
        case Named.NOW:
            return recorded_state(end, seen, observed(namespace, since=seen.first_seen))
        case At(time):
            return recorded_state(end, seen, observed(namespace, time, seen.first_seen))


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
