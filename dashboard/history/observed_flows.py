"""What was observed of each flow: the newest result of all methods that can be trusted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from dashboard.active_lab import active_lab
from dashboard.assess.probe_votes import (
    ObservationRow,
    ObservedFlow,
    ResultInterval,
    decide_outcome,
    result_lifetime,
)
from dashboard.models import Namespace, Observation, ObservedOutcome
from dashboard.models.text_values import cast_to_text, parse_time
from netpol.lab import Flow

Begins = Mapping[int, datetime]
"""When the present state of each namespace began, by primary key."""
NEVER_CHANGED: Begins = {}


def fetch_observed(
    namespace: Namespace, at: datetime | None = None, since: datetime | None = None
) -> dict[str, ObservedFlow]:
    """Return what was observed of every flow at a moment, default now; `since` as in `Begins`."""
    begins = {namespace.pk: since} if since else NEVER_CHANGED
    return fetch_observed_by_namespace([namespace], at, begins)[namespace.pk]


def fetch_observed_by_namespace(
    namespaces: Iterable[Namespace], at: datetime | None = None, begins: Begins = NEVER_CHANGED
) -> dict[int, dict[str, ObservedFlow]]:
    """The same for many namespaces, by primary key, in one query."""
    asked = list(namespaces)
    moment = at or timezone.now()
    looks: dict[tuple[int, str], list[ObservationRow]] = {}
    for row in _query_rows(asked, at, moment):
        looks.setdefault((row.namespace_id, row.flow), []).append(row)
    return {
        namespace.pk: {
            flow.name: combine_methods(
                looks.get((namespace.pk, flow.name), ()), begins.get(namespace.pk), moment
            )
            or ObservedFlow(ObservedOutcome.UNKNOWN, _explain_unseen(namespace, flow, at))
            for flow in active_lab().flows
        }
        for namespace in asked
    }


def combine_methods(
    rows: Iterable[ResultInterval], begin: datetime | None, moment: datetime
) -> ObservedFlow | None:
    """Combine all methods' intervals of one flow, newest first; `None` without any."""
    methods: dict[tuple[str, str], list[ResultInterval]] = {}
    for row in rows:
        methods.setdefault((row.method, row.vantage), []).append(row)
    return _combine_observed([decide_outcome(each, begin, moment) for each in methods.values()])


def _query_rows(
    namespaces: Sequence[Namespace], at: datetime | None, moment: datetime
) -> Iterator[ObservationRow]:
    """Newest first. For now, open ones count however old: they show since when nobody probed."""
    rows = Observation.objects.filter(namespace__in=[each.pk for each in namespaces])
    fresh = Q(last_seen__gte=moment - result_lifetime())
    chosen = rows.filter(fresh | Q(is_open=True)) if at is None else rows.filter(fresh)
    newest = chosen.filter(first_seen__lte=moment).order_by("-first_seen", "-pk")
    times = newest.annotate(began=cast_to_text("first_seen"), ended=cast_to_text("last_seen"))
    for *same, began, ended in times.values_list(*ObservationRow._fields[:-2], "began", "ended"):
        yield ObservationRow._make((*same, parse_time(began), parse_time(ended)))


def _combine_observed(answers: Sequence[ObservedFlow]) -> ObservedFlow | None:
    """The newest definite observation, else the newest; the others stay with it."""
    if len(answers) < 2:
        return next(iter(answers), None)
    ordered = sorted(answers, key=_rank_observed, reverse=True)
    return replace(ordered[0], others=tuple(ordered[1:]))


def _rank_observed(answer: ObservedFlow) -> tuple[bool, datetime, datetime]:
    assert answer.seen  # noqa: S101  # narrows for mypy
    assert answer.since  # noqa: S101  # narrows for mypy
    return answer.is_definite, answer.seen, answer.since


def _explain_unseen(namespace: Namespace, flow: Flow, at: datetime | None) -> str:
    """Results of a past time may have been deleted."""
    if any(
        probe.environment == namespace.environment and flow.name in probe.flows.values()
        for probe in active_lab().probes
    ):
        return "not probed yet" if at is None else "no probe result is known of that time"
    if active_lab().probers and active_lab().find_entity(flow.source).is_student_entity:
        return f"no probe covers this flow; a prober inside, as {flow.source}, would"
    return "no probe covers this flow"
