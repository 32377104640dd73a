"""Decides what one method observed, by its newest probe results. Pure.

One result may be wrong, so the newest three vote. Results from before the present snapshot, or from
the seconds in which the network plugin applied it, do not count. While only one result counts, it
decides only if it agrees with the results before.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings

from dashboard.models import Observation, ObservedOutcome, ProbeSign

VOTERS = 3
SETTLE = timedelta(seconds=10)
"""How long after a change the network plugin may still be applying it."""
MISSED_ROUNDS = 5
"""After so many rounds without a result, the last one says nothing about now."""


class ObservationRow(NamedTuple):
    """The columns of an `Observation` that vote; model instances would take twice as long."""

    namespace_id: int
    flow: str
    method: str
    vantage: str
    outcome: str
    sign: str
    reason: str
    latency_ms: int | None
    looks: int
    first_seen: datetime
    last_seen: datetime


ResultInterval = Observation | ObservationRow


@dataclass(frozen=True, slots=True)
class ObservedFlow:
    """What probes observed of a flow; without `seen` it was never probed.

    This method has observed the same from this vantage since `since`. `others` are the observations
    of other methods or vantages.
    """

    outcome: ObservedOutcome
    reason: str
    sign: ProbeSign = ProbeSign.NONE
    method: str = ""
    vantage: str = ""
    seen: datetime | None = None
    latency_ms: int | None = None
    since: datetime | None = None
    others: tuple["ObservedFlow", ...] = ()

    @property
    def is_definite(self) -> bool:
        return self.outcome is not ObservedOutcome.UNKNOWN

    def as_unknown(self, reason: str, sign: ProbeSign = ProbeSign.NONE) -> "ObservedFlow":
        return replace(self, outcome=ObservedOutcome.UNKNOWN, reason=reason, sign=sign)


def result_lifetime() -> timedelta:
    return timedelta(seconds=MISSED_ROUNDS * settings.PROBE_SECONDS)


def delay_after_change() -> timedelta:
    """How long after a change it may take until every observation is newer than the change."""
    return SETTLE + two_rounds()


def two_rounds() -> timedelta:
    """One result alone does not yet outvote those before it."""
    return 2 * timedelta(seconds=settings.PROBE_SECONDS)


def decide_outcome(
    rows: Sequence[ResultInterval], begin: datetime | None, moment: datetime
) -> ObservedFlow:
    """Decide by one method's intervals from one vantage, newest first; at least one.

    `begin` is when the present snapshot began, if that is known.
    """
    newest = observe_interval(rows[0], moment)
    if newest.seen and moment - newest.seen > result_lifetime():
        return newest.as_unknown(f"last seen {format_age(moment - newest.seen)} ago: too old")
    settled = begin + SETTLE if begin else None
    if _count_settled(rows[0], settled, moment) > VOTERS // 2:
        return newest  # it has the majority, whatever was seen before
    return _tally_votes(rows, newest, settled, moment)


def _tally_votes(
    rows: Sequence[ResultInterval], newest: ObservedFlow, settled: datetime | None, moment: datetime
) -> ObservedFlow:
    ballots = list(_list_ballots(rows, settled, moment))
    if not ballots:
        reason = f"settling after a change; before it, a probe saw it {newest.outcome}"
        return newest.as_unknown(reason) if newest.is_definite else newest
    if len(ballots) == 1 and (before := _find_earlier_outcome(rows, ballots[0], settled)):
        reason = f"one look since the change saw it {newest.outcome}, before it was {before}"
        return newest.as_unknown(f"{reason}; the next look decides", ProbeSign.UNCLEAR)
    (outcome, votes), *_ = Counter(row.outcome for row in ballots).most_common()
    if len(ballots) > 1 and votes == 1:
        return newest.as_unknown("looks disagree; the next one decides", ProbeSign.UNCLEAR)
    decisive = next(row for row in ballots if row.outcome == outcome)
    found = observe_interval(decisive, moment)
    if decisive is ballots[0]:
        return found
    return replace(found, reason=f"{found.reason} (outvotes a newest look: {newest.outcome})")


def _list_ballots(
    rows: Sequence[ResultInterval], settled: datetime | None, moment: datetime
) -> Iterator[ResultInterval]:
    """Yield a row once for each of its results that count, three at most in all."""
    left = VOTERS
    for row in rows:
        looks = min(_count_settled(row, settled, moment), left)
        yield from [row] * looks
        left -= looks


def _find_earlier_outcome(
    rows: Sequence[ResultInterval], ballot: ResultInterval, settled: datetime | None
) -> str:
    """The newest outcome from before the change, if a lone result differs from it."""
    if settled is None:
        return ""
    earlier = next((row for row in rows if row.first_seen < settled), ballot)
    return "" if earlier.outcome in (ballot.outcome, ObservedOutcome.UNKNOWN) else earlier.outcome


def _count_settled(row: ResultInterval, settled: datetime | None, moment: datetime) -> int:
    """Count the results of an interval that came after the change had settled.

    An interval keeps no time for each result, so they count as evenly spread.
    """
    if settled is None or row.first_seen >= settled:
        return row.looks
    last = min(row.last_seen, moment)
    if last < settled:
        return 0
    apart = (row.last_seen - row.first_seen) / max(row.looks - 1, 1)
    return min(row.looks, 1 + (last - settled) // apart)


def was_probed_between(row: ResultInterval, begin: datetime, end: datetime) -> bool:
    """Whether a result of the interval, evenly spread, falls between these times."""
    if row.first_seen >= begin or row.last_seen <= end:
        return row.first_seen <= end and row.last_seen >= begin
    length, gaps = row.last_seen - row.first_seen, row.looks - 1
    by_begin, by_end = ((moment - row.first_seen) * gaps // length for moment in (begin, end))
    return by_begin < by_end


def observe_interval(row: ResultInterval, moment: datetime) -> ObservedFlow:
    return ObservedFlow(
        ObservedOutcome(row.outcome),
        row.reason,
        ProbeSign(row.sign),
        row.method,
        row.vantage,
        min(row.last_seen, moment),
        row.latency_ms,
        since=row.first_seen,
    )


def format_age(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"
