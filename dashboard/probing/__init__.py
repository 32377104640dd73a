"""Probes' answers: what they prove of the lab's flows, recorded."""

from dashboard.probing.monitors import Heard, heard
from dashboard.probing.monitors import sightings as monitor_sightings
from dashboard.probing.questions import probes_of, questions, reach
from dashboard.probing.round import WORK, begin, keep, look, probe
from dashboard.probing.sightings import nowhere_to_ask, sightings

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
