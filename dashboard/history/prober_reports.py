"""What probers inside namespaces saw, as looks at flows."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from dashboard.active_lab import active_lab
from dashboard.history.observations import Sighting, record
from dashboard.models import ObservedOutcome, Sign
from dashboard.reading import FlowResult, NamespaceReading, ProberReport
from dashboard.reading.prober import Met

METHOD = "prober"
AHEAD = timedelta(minutes=1)
"""By so much a node's clock may be ahead of this one's."""

Finding = tuple[ObservedOutcome, Sign, str]
FINDINGS: Mapping[Met, Finding] = {
    Met.CONNECTED: (ObservedOutcome.REACHED, Sign.ANSWERED, "connected"),
    Met.REFUSED: (
        ObservedOutcome.REACHED,
        Sign.REFUSED,
        "refused: the other end was reached, and nobody listens there",
    ),
    Met.SERVICE_REFUSED: (
        ObservedOutcome.UNKNOWN,
        Sign.REFUSED,
        "refused at the Service's address: it has no endpoint, or nobody listens",
    ),
    Met.TIMEOUT: (ObservedOutcome.BLOCKED, Sign.DROPPED, "no answer: dropped on the way"),
    # A plugin may reject in place of dropping; so does a router that knows no way.
    Met.UNREACHABLE: (
        ObservedOutcome.UNKNOWN,
        Sign.UNREACHABLE,
        "told that there is no way: rejected by the network plugin, or no route",
    ),
    Met.NO_NAME: (ObservedOutcome.UNKNOWN, Sign.NOT_TRIED, "not tried: its name was not found"),
    Met.ERROR: (
        ObservedOutcome.UNKNOWN,
        Sign.UNCLEAR,
        "the connection broke, or the prober itself failed",
    ),
}


def record_reports(at: datetime, readings: Mapping[int, NamespaceReading]) -> set[int]:
    """The newest report about each entity, of the namespaces by their keys.

    The answer is as that of `observing.record`.
    """
    return record(
        sighting
        for namespace, reading in readings.items()
        for report in newest(reading.reports, at)
        for sighting in sightings(namespace, report)
    )


def newest(reports: Iterable[ProberReport], now: datetime) -> Iterable[ProberReport]:
    """One from the future would be newer than all that come after it: it counts only where there
    is no other, and then says but that.
    """
    by_entity: dict[str, ProberReport] = {}
    for report in sorted(reports, key=lambda report: (report.at <= now + AHEAD, report.at)):
        is_possible = report.at <= now + AHEAD
        by_entity[report.entity] = report if is_possible else _impossible(report, now)
    return by_entity.values()


def _impossible(report: ProberReport, now: datetime) -> ProberReport:
    return ProberReport(report.entity, now, {}, "the prober's report is of a time that is to come")


def sightings(namespace: int, report: ProberReport) -> Iterator[Sighting]:
    for flow in active_lab().flows:
        if flow.source != report.entity:
            continue
        result = report.flows.get(flow.name)
        found = _finding(report, result)
        if found:
            vantage = f"inside, as {report.entity}"
            latency = result.ms if result and result.met is Met.CONNECTED else None
            yield Sighting(namespace, flow.name, METHOD, vantage, *found, latency, report.at)


def _finding(report: ProberReport, result: FlowResult | None) -> Finding | None:
    if report.fault:
        return ObservedOutcome.UNKNOWN, Sign.MALFORMED, report.fault
    return FINDINGS[result.met] if result else None
