"""What the reports of probers inside namespaces prove. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from dashboard.active_lab import active_lab
from dashboard.cluster_reading import NamespaceReading, ProberOutcome, ProberReport
from dashboard.collect.methods.probe_result import BLOCKED, REACHED, UNKNOWN, ProbeResult
from dashboard.models import Observation, ObservationKey, ProbeSign

METHOD = "prober"
MOST_CLOCK_SKEW = timedelta(minutes=1)
"""By so much a node's clock may be ahead of this one's."""

RESULTS: Mapping[ProberOutcome, ProbeResult] = {
    ProberOutcome.CONNECTED: ProbeResult(REACHED, ProbeSign.ANSWERED, "connected"),
    ProberOutcome.REFUSED: ProbeResult(
        REACHED, ProbeSign.REFUSED, "refused: the other end was reached, and nobody listens there"
    ),
    ProberOutcome.SERVICE_REFUSED: ProbeResult(
        UNKNOWN,
        ProbeSign.REFUSED,
        "refused at the Service's address: it has no endpoint, or nobody listens",
    ),
    ProberOutcome.TIMEOUT: ProbeResult(BLOCKED, ProbeSign.DROPPED, "no answer: dropped on the way"),
    # A plugin may reject instead of dropping; so does a router without a route.
    ProberOutcome.UNREACHABLE: ProbeResult(
        UNKNOWN,
        ProbeSign.UNREACHABLE,
        "no way: the network plugin rejected it, or there is no route",
    ),
    ProberOutcome.NO_NAME: ProbeResult(
        UNKNOWN, ProbeSign.NOT_TRIED, "not tried: its name was not found"
    ),
    ProberOutcome.ERROR: ProbeResult(
        UNKNOWN, ProbeSign.UNCLEAR, "the connection broke, or the prober itself failed"
    ),
}


def build_prober_observations(
    at: datetime, readings: Mapping[int, NamespaceReading]
) -> Iterator[Observation]:
    """By the newest report about each entity, of namespaces by their keys."""
    for namespace, reading in readings.items():
        for report in select_newest_reports(reading.reports, at):
            yield from build_report_observations(namespace, report)


def select_newest_reports(reports: Iterable[ProberReport], now: datetime) -> Iterable[ProberReport]:
    """One for each entity.

    A report from the future would be newer than all that come after it: it counts only where there
    is no other, and then says only that.
    """
    by_entity: dict[str, ProberReport] = {}
    latest = now + MOST_CLOCK_SKEW
    for report in sorted(reports, key=lambda report: (report.at <= latest, report.at)):
        future = "the prober's report is from the future"
        by_entity[report.entity] = (
            report if report.at <= latest else ProberReport(report.entity, now, {}, future)
        )
    return by_entity.values()


def build_report_observations(namespace: int, report: ProberReport) -> Iterator[Observation]:
    for flow in active_lab().flows:
        if flow.source != report.entity:
            continue
        key = ObservationKey(namespace, flow.name, METHOD, f"inside, as {report.entity}")
        found = report.flows.get(flow.name)
        if report.fault:
            result = ProbeResult(UNKNOWN, ProbeSign.MALFORMED, report.fault)
            yield result.to_observation(key, report.at)
        elif found:
            is_connected = found.outcome is ProberOutcome.CONNECTED
            latency = found.latency_ms if is_connected else None
            yield RESULTS[found.outcome].to_observation(key, report.at, latency)
