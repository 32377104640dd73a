"""How far the probes get over the class."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from dashboard.assess.probe_votes import result_lifetime
from dashboard.models import Namespace, Observation


@dataclass(frozen=True, slots=True)
class Coverage:
    """`fresh` namespaces were looked at lately, `stale` ones before that; `last` is when the one
    was looked at that waits longest.
    """

    fresh: int
    stale: int
    total: int
    last: datetime | None

    @property
    def never(self) -> int:
        return self.total - self.fresh - self.stale


def coverage(now: datetime) -> Coverage:
    """Of the present namespaces, in two queries."""
    present = Namespace.objects.present()
    looks = Observation.objects.filter(is_open=True, namespace__in=present).order_by()
    newest = [each["at"] for each in looks.values("namespace").annotate(at=Max("last_seen"))]
    fresh = sum(now - at <= result_lifetime() for at in newest)
    return Coverage(fresh, len(newest) - fresh, present.count(), min(newest, default=None))
