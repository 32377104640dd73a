"""Observations as intervals of equal probe results, whichever method they come from."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from operator import itemgetter

from django.conf import settings
from django.db import transaction

from dashboard.live import NamespaceNews, publish_news
from dashboard.models import Observation, ObservationKey

BATCH = 500
GAP = timedelta(seconds=10)
"""For each second between two rounds: after so long it is not known what was in between."""
FRESH = 5
"""Looks at an outcome while it counts as a new one."""


def record_observations(observations: Iterable[Observation]) -> set[int]:
    """Extend an open interval by an equal result, else end it and begin another.

    The observations are not saved, and of one probe result each. Returns the namespaces in which a
    flow was lately observed otherwise than before. A result that is not newer than the last one of
    its flow is dropped. If two workers begin the same interval,
    `one_open_observation_per_flow_method_and_vantage` keeps one.
    """
    newest = {observation.key: observation for observation in observations}
    return _record_newest(newest) if newest else set()


@transaction.atomic
def _record_newest(newest: Mapping[ObservationKey, Observation]) -> set[int]:
    rows = (
        Observation.objects.select_for_update()
        .filter(
            namespace__in={each.namespace_id for each in newest.values()},
            method__in={each.method for each in newest.values()},
            is_open=True,
        )
        .order_by("pk")
    )
    open_rows = {row.key: row for row in rows}
    extended, ended, begun = [], [], []
    for key, new in sorted(newest.items(), key=itemgetter(0)):  # one order: workers never deadlock
        row = open_rows.get(key)
        if row and new.last_seen <= row.last_seen:
            continue
        if row and _continues(row, new):
            row.last_seen, row.latency_ms = new.last_seen, new.latency_ms
            row.looks += 1
            extended.append(row)
            continue
        if row:
            ended.append(row.pk)
        begun.append(new)
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


def _continues(row: Observation, new: Observation) -> bool:
    """The same result again, and probing went on in between."""
    is_same = (row.outcome, row.reason) == (new.outcome, new.reason)
    return is_same and new.last_seen - row.last_seen <= GAP * settings.PROBE_SECONDS
