"""What was observed of each flow: the newest that any method saw, while it is fresh enough."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from dashboard.current import lab
from dashboard.models import Namespace, Observation, ObservedOutcome

MISSED = 5
"""After so many rounds without a look, what was seen last says nothing about now."""


@dataclass(frozen=True, slots=True)
class Observed:
    """A flow as it was seen; without a `seen` nobody ever looked.

    It has looked the same to this method from this vantage since `since`.
    """

    outcome: ObservedOutcome
    reason: str
    method: str = ""
    vantage: str = ""
    seen: datetime | None = None
    latency_ms: int | None = None
    since: datetime | None = None


def observed(namespace: Namespace, at: datetime | None = None) -> dict[str, Observed]:
    """Every flow of the lab, as observed at a moment, by default now."""
    return observed_for([namespace], at)[namespace.pk]


def observed_for(
    namespaces: Iterable[Namespace], at: datetime | None = None
) -> dict[int, dict[str, Observed]]:
    """The same for many namespaces, by primary key, in one query."""
    asked = list(namespaces)
    moment = at or timezone.now()
    newest: dict[tuple[int, str], Observation] = {}
    # The last one wins: at one instant a definite answer tells more than an unknown.
    for row in sorted(_rows(asked, at), key=lambda row: _weight(row, moment)):
        newest[row.namespace_id, row.flow] = row
    flows = [flow.name for flow in lab().flows]
    answers: dict[int, dict[str, Observed]] = {}
    for namespace in asked:
        covered = _covered(namespace.environment)
        answers[namespace.pk] = {
            flow: _seen(found, moment)
            if (found := newest.get((namespace.pk, flow)))
            else Observed(
                ObservedOutcome.UNKNOWN,
                "not probed yet" if flow in covered else "no probe covers this flow",
            )
            for flow in flows
        }
    return answers


def settled(observed: Observed, since: datetime) -> Observed:
    """What was seen before the present state began says nothing about it."""
    if observed.seen is None or observed.seen >= since:
        return observed
    if observed.outcome is ObservedOutcome.UNKNOWN:
        return observed
    return replace(
        observed,
        outcome=ObservedOutcome.UNKNOWN,
        reason=f"settling after a change; before it, a probe saw it {observed.outcome}",
    )


def _rows(namespaces: list[Namespace], at: datetime | None) -> QuerySet[Observation]:
    rows = Observation.objects.filter(namespace__in=[namespace.pk for namespace in namespaces])
    if at is None:
        return rows.filter(is_open=True)
    return rows.filter(first_seen__lte=at, last_seen__gte=at - _shelf_life())


def _weight(row: Observation, moment: datetime) -> tuple[datetime, bool, datetime]:
    definite = row.outcome != ObservedOutcome.UNKNOWN
    return min(row.last_seen, moment), definite, row.first_seen


def _seen(row: Observation, moment: datetime) -> Observed:
    outcome, reason = ObservedOutcome(row.outcome), row.reason
    seen = min(row.last_seen, moment)
    if moment - seen > _shelf_life():
        outcome = ObservedOutcome.UNKNOWN
        reason = f"last seen {_words(moment - seen)} ago: too old"
    return Observed(
        outcome, reason, row.method, row.vantage, seen, row.latency_ms, since=row.first_seen
    )


def _covered(environment: str) -> set[str]:
    return {
        flow
        for probe in lab().probes
        if probe.environment == environment
        for flow in probe.flows.values()
    }


def _shelf_life() -> timedelta:
    return timedelta(seconds=MISSED * settings.PROBE_SECONDS)


def _words(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"
