"""Looks at flows, kept as intervals of the same outcome: whoever looks, a probe or a poll."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from dashboard.live import NamespaceNews, publish_news
from dashboard.models import Observation, ObservedOutcome, Sign

BATCH = 500
GAP = timedelta(seconds=10)
"""For each second between two rounds: after so long it is not known what was in between."""
FRESH = 5
"""Looks at an outcome while it counts as a new one."""
Key = tuple[int, str, str, str]
"""Namespace, flow, method and vantage."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one look at one moment, by a method and from a vantage, says of one flow."""

    namespace_id: int
    flow: str
    method: str
    vantage: str
    outcome: ObservedOutcome
    sign: Sign
    reason: str
    latency_ms: int | None
    at: datetime

    @property
    def key(self) -> Key:
        return self.namespace_id, self.flow, self.method, self.vantage


def record(sightings: Iterable[Sighting]) -> set[int]:
    """Extend what looks as before, end what does not and begin it anew. The answer is which
    namespaces something looks different in than it did not long ago.

    A sighting that is not newer than what is known of its flow is dropped. Two workers that
    begin the same interval are told apart by `one_open_observation_per_flow_method_and_vantage`.
    """
    newest = {sighting.key: sighting for sighting in sightings}
    return _record(newest) if newest else set()


@transaction.atomic
def _record(newest: Mapping[Key, Sighting]) -> set[int]:
    known = {
        (row.namespace_id, row.flow, row.method, row.vantage): row
        for row in Observation.objects.select_for_update()
        .filter(
            namespace__in={sighting.namespace_id for sighting in newest.values()},
            method__in={sighting.method for sighting in newest.values()},
            is_open=True,
        )
        .order_by("pk")
    }
    extended, ended, begun = [], [], []
    for key, sighting in sorted(newest.items()):  # one order, so that workers never deadlock
        row = known.get(key)
        if row and sighting.at <= row.last_seen:
            continue
        if row and _goes_on(row, sighting):
            row.last_seen, row.latency_ms = sighting.at, sighting.latency_ms
            row.looks += 1
            extended.append(row)
            continue
        if row:
            ended.append(row.pk)
        begun.append(_interval(sighting))
    # Ten times as fast as a bulk update, which asks about every row in every column.
    Observation.objects.bulk_create(
        extended,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["last_seen", "latency_ms", "looks"],
    )
    Observation.objects.filter(pk__in=ended).update(is_open=False)
    Observation.objects.bulk_create(begun, batch_size=BATCH, ignore_conflicts=True)
    if begun:
        changed = {interval.namespace_id for interval in begun}
        publish_news(max(interval.first_seen for interval in begun), map(NamespaceNews, changed))
    return {row.namespace_id for row in (*extended, *begun) if row.looks <= FRESH}


def _goes_on(row: Observation, sighting: Sighting) -> bool:
    """The same again, and nobody stopped looking in between."""
    same = (row.outcome, row.reason) == (sighting.outcome, sighting.reason[:300])
    return same and sighting.at - row.last_seen <= GAP * settings.PROBE_SECONDS


def _interval(sighting: Sighting) -> Observation:
    return Observation(
        namespace_id=sighting.namespace_id,
        flow=sighting.flow,
        method=sighting.method,
        vantage=sighting.vantage,
        outcome=sighting.outcome,
        sign=sighting.sign,
        reason=sighting.reason[:300],
        latency_ms=sighting.latency_ms,
        first_seen=sighting.at,
        last_seen=sighting.at,
    )
