"""What a visit shows of a namespace's flows."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.conf import settings

from dashboard.collect.probes.answers import Answer, Result
from dashboard.collect.probes.kuma import KumaAnswer
from dashboard.collect.probes.visits import Visit
from dashboard.collect.probing import kuma, observations
from dashboard.collect.probing.gateway import Finding, unknown
from dashboard.collect.probing.questions import LOGIN, probes_of
from dashboard.history.observations import Sighting
from dashboard.models import Namespace, Sign
from netpol.lab import Probe, ProbeReading, ProbeRole


def sightings(namespace: Namespace, visit: Visit) -> Iterator[Sighting]:
    """By all probes of the namespace's environment that were asked."""
    for probe in probes_of(namespace):
        look = visit.get(probe.name)
        if look is not None:
            yield from _seen(namespace, probe, look.answer, look.at)


def nowhere_to_ask(namespace: Namespace, at: datetime) -> Iterator[Sighting]:
    """Where the student is nobody that a host could be called after."""
    if LOGIN.fullmatch(namespace.student):
        return
    reason = "the namespace's student is no login that a host name could hold"
    for probe in probes_of(namespace):
        for flow in probe.flows.values():
            yield _sighting(namespace, probe, flow, unknown(Sign.FORBIDDEN, reason), None, at)


def _seen(
    namespace: Namespace, probe: Probe, answer: Result | KumaAnswer, at: datetime
) -> Iterator[Sighting]:
    result = answer.entry if isinstance(answer, KumaAnswer) else answer
    for role, finding in _findings(probe.reading, result).items():
        if role in probe.flows:
            yield _sighting(namespace, probe, probe.flows[role], finding, _latency(result), at)


def _findings(reading: ProbeReading, result: Result) -> Mapping[ProbeRole, Finding]:
    """Of an Uptime Kuma only that it answers; what its monitors say is another vantage."""
    if reading is ProbeReading.UPTIME_KUMA:
        return {ProbeRole.APP: kuma.entry(result)}
    return observations.read(reading, result)


def _latency(result: Result) -> int | None:
    return round(result.seconds * 1000) if isinstance(result, Answer) else None


def _sighting(
    namespace: Namespace,
    probe: Probe,
    flow: str,
    finding: Finding,
    latency_ms: int | None,
    at: datetime,
) -> Sighting:
    return Sighting(
        namespace.pk,
        flow,
        probe.name,
        settings.PROBE_VANTAGE,
        finding.outcome,
        finding.sign,
        finding.reason,
        latency_ms,
        at,
    )
