"""Probes' answers: what they prove of the lab's flows, recorded."""

from dashboard.probing.round import WORK, Sighting, addresses, begin, probe, record, sightings

__all__ = ["WORK", "Sighting", "addresses", "begin", "probe", "record", "sightings"]
