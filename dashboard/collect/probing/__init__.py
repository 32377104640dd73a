"""Probes' answers: what they prove of the lab's flows, recorded."""

from dashboard.collect.probing.monitors import Heard, heard
from dashboard.collect.probing.monitors import sightings as monitor_sightings
from dashboard.collect.probing.questions import probes_of, questions, reach
from dashboard.collect.probing.round import WORK, begin, keep, look, probe
from dashboard.collect.probing.sightings import nowhere_to_ask, sightings

__all__ = [
    "WORK",
    "Heard",
    "begin",
    "heard",
    "keep",
    "look",
    "monitor_sightings",
    "nowhere_to_ask",
    "probe",
    "probes_of",
    "questions",
    "reach",
    "sightings",
]
