"""A lab's probes of one namespace: the URLs to ask, and the observations that come of the answers.

To add a method: its reading in `netpol/lab/model.py`, a module beside this one, and a case for it
in `_build_request` and `_judge_answer`.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial

from django.conf import settings

from dashboard.active_lab import active_lab
from dashboard.collect.http.answers import HttpAnswer, HttpResult
from dashboard.collect.http.hosts import ProbeAnswers, ProbeRequest
from dashboard.collect.methods.app import judge_app_answer
from dashboard.collect.methods.probe_result import UNKNOWN, ProbeResult
from dashboard.collect.methods.uptime_kuma.pages import judge_entry_page
from dashboard.collect.methods.uptime_kuma.requests import KumaAccess, ask_uptime_kuma
from dashboard.models import Namespace, Observation, ObservationKey, ProbeSign
from netpol.lab import Probe, ProbeReading, ProbeRole

LOGIN_PATTERN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
"""One DNS label. A student's label is free text, and this is all of it that enters a URL."""
NO_KEYS: Mapping[str, str] = {}


def lab_probes_of(namespace: Namespace) -> list[Probe]:
    return [probe for probe in active_lab().probes if probe.environment == namespace.environment]


def build_requests(namespace: Namespace, keys: Mapping[str, str] = NO_KEYS) -> list[ProbeRequest]:
    """One for each probe; none if the student's name cannot be a host's.

    `keys` are Uptime Kuma's API keys, by login in lower case.
    """
    if not LOGIN_PATTERN.fullmatch(namespace.student):
        return []
    login = namespace.student.lower()
    return [_build_request(probe, login, keys.get(login, "")) for probe in lab_probes_of(namespace)]


def _build_request(probe: Probe, login: str, key: str) -> ProbeRequest:
    url = probe.url_for(login)
    match probe.reading:
        case ProbeReading.APP_HEALTH | ProbeReading.APP_VISITS:
            return ProbeRequest(probe.name, url)
        case ProbeReading.UPTIME_KUMA:
            ask = partial(ask_uptime_kuma, KumaAccess(probe.slug, key))
            return ProbeRequest(probe.name, url, ask)


def _judge_answer(reading: ProbeReading, result: HttpResult) -> Mapping[ProbeRole, ProbeResult]:
    """Of an Uptime Kuma only that it answers: what its monitors say is another vantage."""
    match reading:
        case ProbeReading.APP_HEALTH | ProbeReading.APP_VISITS:
            return judge_app_answer(reading, result)
        case ProbeReading.UPTIME_KUMA:
            return {ProbeRole.APP: judge_entry_page(result)}


def build_observations(namespace: Namespace, answers: ProbeAnswers) -> Iterator[Observation]:
    """What the answers prove, for all probes of the environment that were asked."""
    for probe in lab_probes_of(namespace):
        if answer := answers.get(probe.name):
            result = answer.result
            latency = round(result.seconds * 1000) if isinstance(result, HttpAnswer) else None
            for role, found in _judge_answer(probe.reading, result).items():
                if role in probe.flows:
                    key = _observation_key(namespace, probe, probe.flows[role])
                    yield found.to_observation(key, answer.at, latency)


def build_unaskable_observations(namespace: Namespace, at: datetime) -> Iterator[Observation]:
    """For a student whose name cannot be a host's; nothing for the others."""
    if LOGIN_PATTERN.fullmatch(namespace.student):
        return
    reason = "the namespace's student is no login that a host name could hold"
    for probe in lab_probes_of(namespace):
        for flow in probe.flows.values():
            key = _observation_key(namespace, probe, flow)
            yield ProbeResult(UNKNOWN, ProbeSign.FORBIDDEN, reason).to_observation(key, at)


def _observation_key(namespace: Namespace, probe: Probe, flow: str) -> ObservationKey:
    return ObservationKey(namespace.pk, flow, probe.name, settings.PROBE_VANTAGE)
