"""Probes' answers: what they prove of the lab's flows, recorded."""

from dashboard.probing.questions import questions, reach
from dashboard.probing.round import WORK, begin, keep, look, probe
from dashboard.probing.sightings import sightings

__all__ = ["WORK", "begin", "keep", "look", "probe", "questions", "reach", "sightings"]
