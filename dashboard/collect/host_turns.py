"""Claims on hosts, so that two requests to one URL are never in flight.

The database is the lock: one statement claims what is free. A worker that is killed holds a host
no longer than its requests could have taken.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from uuid import uuid4

from dashboard.collect.http.hosts import HOST_BUDGET, START_SPREAD
from dashboard.models import ProbeTurn

LONGEST_CLAIM = timedelta(seconds=START_SPREAD + 2 * HOST_BUDGET)
"""After so long a claim is void: a request may wait for its start, and then for its host."""
BATCH = 500


def claim_hosts(hosts: Iterable[str], now: datetime) -> tuple[str, frozenset[str]]:
    """A holder's token, and the hosts that it holds now."""
    holder, wanted = uuid4().hex, sorted(set(hosts))
    fresh = (ProbeTurn(host=host, began_at=now, free_at=now, holder="") for host in wanted)
    ProbeTurn.objects.bulk_create(fresh, batch_size=BATCH, ignore_conflicts=True)
    for start in range(0, len(wanted), BATCH):
        mine = ProbeTurn.objects.filter(host__in=wanted[start : start + BATCH], free_at__lte=now)
        mine.update(holder=holder, began_at=now, free_at=now + LONGEST_CLAIM)
    claimed = ProbeTurn.objects.filter(holder=holder).values_list("host", flat=True)
    return holder, frozenset(claimed)


def release_hosts(holder: str, hosts: Collection[str], now: datetime) -> None:
    """Free those of the hosts that the holder still holds."""
    listed = sorted(hosts)
    for start in range(0, len(listed), BATCH):
        batch = listed[start : start + BATCH]
        ProbeTurn.objects.filter(holder=holder, host__in=batch).update(free_at=now)


def last_asked_times() -> Mapping[str, datetime]:
    """The time at which each host was last asked."""
    return dict(ProbeTurn.objects.values_list("host", "began_at"))
