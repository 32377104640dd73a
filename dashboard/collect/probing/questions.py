"""Which URLs of a namespace are asked, and how far probes may go."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from dashboard.active_lab import active_lab
from dashboard.collect.probes.get import Reach
from dashboard.collect.probes.kuma import Access
from dashboard.collect.probes.visits import Question
from dashboard.models import Namespace
from netpol.lab import Probe, ProbeReading

AT_ONCE = 400
"""Hosts that one process asks at the same time; it may have a thousand files open."""
LOGIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
"""One DNS label. A student's label is free text, and this is all of it that enters a URL."""
NO_KEYS: Mapping[str, str] = {}


def reach() -> Reach:
    gateway = settings.PROBE_GATEWAY or ""
    if gateway and urlsplit(gateway).scheme not in {"http", "https"}:
        raise ImproperlyConfigured(f"PROBE_GATEWAY={gateway}: a URL is needed, https://{gateway}")
    return Reach(gateway, tuple(settings.PROBE_ALLOWED_NETWORKS), at_once=AT_ONCE)


def probes_of(namespace: Namespace) -> list[Probe]:
    return [probe for probe in active_lab().probes if probe.environment == namespace.environment]


def questions(namespace: Namespace, keys: Mapping[str, str] = NO_KEYS) -> list[Question]:
    """One for each probe; none where the student cannot be a host's name.

    `keys` are Uptime Kuma's, by login in lower case.
    """
    if not LOGIN.fullmatch(namespace.student):
        return []
    login = namespace.student.lower()
    return [_question(probe, login, keys.get(login, "")) for probe in probes_of(namespace)]


def _question(probe: Probe, login: str, key: str) -> Question:
    access = Access(probe.slug, key) if probe.reading is ProbeReading.UPTIME_KUMA else None
    return Question(probe.name, probe.url_for(login), access)
