"""What the system page reads of the class."""

from datetime import datetime

from django.db.models import Max

from dashboard.assess.probe_votes import result_lifetime
from dashboard.models import Namespace, Observation
from dashboard.web.system.page import ProbeCoverage


def query_coverage(now: datetime) -> ProbeCoverage:
    """Of the present namespaces, in two queries."""
    present = Namespace.objects.present()
    observations = Observation.objects.filter(is_open=True, namespace__in=present).order_by()
    newest = [row["at"] for row in observations.values("namespace").annotate(at=Max("last_seen"))]
    fresh = sum(now - at <= result_lifetime() for at in newest)
    return ProbeCoverage(fresh, len(newest) - fresh, present.count(), min(newest, default=None))


def query_newest() -> datetime | None:
    newest: datetime | None = Namespace.objects.present().aggregate(at=Max("last_seen"))["at"]
    return newest


def query_failing() -> list[Namespace]:
    """The longest first."""
    failing = Namespace.objects.present().exclude(failure="")
    return list(failing.order_by("failing_since", "name"))
