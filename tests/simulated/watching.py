"""Polls the simulated class through the product's own code, as irregularly as workers do."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from dashboard.active_lab import active_lab
from dashboard.collect import poll as polling
from dashboard.collect.cluster import fetch_class, open_connection
from demo.classroom.roster import Classroom
from demo.history import PastConnection


def polls(seed: int, begin: datetime, end: datetime, every: timedelta) -> list[datetime]:
    """Regular ones, but for some that a busy worker left out."""
    chance = Random(seed)
    count = (end - begin) // every
    return [begin + number * every for number in range(count + 1) if chance.random() > 0.05]


def watch(room: Classroom, moments: Sequence[datetime], kubeconfig: str, seed: int) -> None:
    """Some are delivered twice, others once more after the next."""
    chance = Random(seed)
    before: datetime | None = None
    with open_connection(kubeconfig, "demo") as connection:
        for moment in moments:
            for at in _delivered(moment, before, chance):
                reading = fetch_class(PastConnection(connection, room, at), active_lab())
                polling.record_reading(replace(reading, at=at))
            before = moment


def _delivered(moment: datetime, before: datetime | None, chance: Random) -> list[datetime]:
    again = chance.random()
    if again < 0.05:
        return [moment, moment]
    return [moment, before] if before and again < 0.1 else [moment]
