"""One poll of the class: fetch → assess → record, with a heartbeat around it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from dashboard.active_lab import active_lab
from dashboard.assess.class_assessment import AssessedNamespace, assess_class
from dashboard.cluster_reading import ClusterReading, NamespaceFetchError
from dashboard.collect.cluster import ClusterError, fetch_class, open_connection
from dashboard.collect.methods.prober import build_prober_observations
from dashboard.health.work import ProgressCallback, guard_unit, ignore_progress
from dashboard.history import incidents, runs
from dashboard.history.diagnoses import record_diagnoses
from dashboard.history.fetch_errors import record_class_failure, record_class_read, record_silence
from dashboard.history.mistakes import record_mistakes
from dashboard.history.observations import record_observations
from dashboard.history.snapshots import RecordedPoll, record_poll
from dashboard.models import Heartbeat

log = logging.getLogger(__name__)

WORK = "poll"


@dataclass(frozen=True, slots=True)
class PollResult:
    reading: ClusterReading
    recorded: RecordedPoll
    seconds: float


def poll_class(
    kubeconfig: str | None, context: str | None, report_progress: ProgressCallback = ignore_progress
) -> PollResult:
    """Raises `ClusterError` if nothing could be read, and records only that.

    A fault in what is derived from the records costs nothing: the next poll derives it again.
    """
    started = timezone.now()
    before, _ = Heartbeat.objects.update_or_create(work=WORK, defaults={"started_at": started})
    try:
        with open_connection(kubeconfig, context, report_progress) as connection:
            reading = fetch_class(connection, active_lab())
        found = list(assess_class(active_lab(), reading, report_progress))
        record_silence(reading.at, before.succeeded_at)
        recorded = _record_assessed(reading.at, found, report_progress)
        record_class_read(reading.at)
        diagnosable = [one for one in found if isinstance(one, AssessedNamespace)]
        record_diagnoses(diagnosable, reading.surroundings, report_progress)
        with guard_unit(log, "mistakes cannot be recorded"):
            record_mistakes(diagnosable)
        with guard_unit(log, "runs cannot be named"):
            runs.record_sessions(reading.at)
    except Exception as error:
        _record_heartbeat(error=_describe_error(error))
        record_class_failure(started, _describe_error(error), before.succeeded_at)
        raise
    poll = PollResult(reading, recorded, (timezone.now() - started).total_seconds())
    _record_heartbeat(succeeded_at=reading.at, error="", detail=_heartbeat_detail(poll))
    return poll


def record_reading(
    reading: ClusterReading, report_progress: ProgressCallback = ignore_progress
) -> RecordedPoll:
    """Assess and record what was read, whenever that was."""
    return _record_assessed(
        reading.at, list(assess_class(active_lab(), reading, report_progress)), report_progress
    )


def _record_assessed(
    at: datetime,
    found: Sequence[AssessedNamespace | NamespaceFetchError],
    report_progress: ProgressCallback,
) -> RecordedPoll:
    recorded = record_poll(at, found, report_progress)
    readings = {
        recorded.keys[one.reading.namespace.name]: one.reading
        for one in found
        if isinstance(one, AssessedNamespace) and one.reading.namespace.name in recorded.keys
    }
    changed = record_observations(build_prober_observations(at, readings))
    incidents.record_after_poll(at, recorded.different | changed)
    return recorded


def _record_heartbeat(**outcome: Any) -> None:
    Heartbeat.objects.filter(work=WORK).update(finished_at=timezone.now(), **outcome)


def _describe_error(error: Exception) -> str:
    if isinstance(error, ClusterError):
        return str(error)
    return f"The poll broke off: {error!r}. See the worker's log."


def _heartbeat_detail(poll: PollResult) -> dict[str, Any]:
    return {
        "namespaces": len(poll.reading.namespaces),
        "failing": len(poll.recorded.failures),
        "new": poll.recorded.new,
        "unchanged": poll.recorded.unchanged,
        "seconds": round(poll.seconds, 1),
        "missing_rights": list(poll.reading.missing_rights),
        "notes": list(poll.reading.notes),
    }
