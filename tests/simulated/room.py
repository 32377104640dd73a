"""Students who apply, repeat, mistake and delete the lab's policies at random."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from demo.classroom import roster, stories
from demo.classroom.app_health import ALWAYS
from demo.classroom.manifests import load_manifests
from demo.classroom.outage import DnsOutage
from demo.classroom.roster import Classroom, SimulatedStudent, StudentNamespace
from demo.classroom.stories import SOLUTION, Story, StoryAct
from netpol import lab

MALFORMED = "dns-malformed"
"""A namespace that holds it has no state, which is another test's subject."""
HANDED_OUT = tuple(sorted(set(load_manifests()) - {MALFORMED}))
NO_OUTAGE = DnsOutage(ALWAYS, ALWAYS)
QUIET = replace(stories.STORIES[0], quirk=stories.Quirk.NONE, unreadable=False, prod=None)


def room(seed: int, size: int, begin: datetime, minutes: int) -> Classroom:
    """`start` is when everybody has stopped; the same for the same arguments."""
    chance = Random(seed)
    start = begin + timedelta(minutes=minutes)
    everybody = tuple(_student(number, minutes, chance) for number in range(size))
    return roster.build_classroom(start, everybody, lab.load_default_lab().namespaces, NO_OUTAGE)


def namespaces(classroom: Classroom) -> list[StudentNamespace]:
    return list(classroom.namespaces.values())


def _student(number: int, minutes: int, chance: Random) -> SimulatedStudent:
    begins = chance.uniform(-minutes, -minutes / 4)
    story = replace(QUIET, begins=begins, acts=tuple(_acts(-begins, chance)), again=())
    return SimulatedStudent(
        number, f"sim{number:03}", story, pace=1.0, patient=chance.random() < 0.5
    )


def _acts(minutes: float, chance: Random) -> Iterator[StoryAct]:
    """The lab's parts one after the other, with all that comes in between."""
    coming = list(SOLUTION)
    while minutes > 0:
        # Some follow each other within one interval between two polls.
        pause = chance.choice((0.1, 0.4, 2, 4, 8, 15)) * chance.uniform(0.5, 1.5)
        minutes -= pause
        yield _act(pause, coming, chance)


def _act(pause: float, coming: list[str], chance: Random) -> StoryAct:
    match chance.choices(("next", "any", "delete", "everything"), (10, 3, 4, 1))[0]:
        case "next" if coming:
            return StoryAct(pause, apply=(coming.pop(0),))
        case "delete":
            return StoryAct(pause, delete=(chance.choice(SOLUTION),))
        case "everything":
            return StoryAct(pause, **{chance.choice(("apply", "delete")): SOLUTION})
    return StoryAct(pause, apply=(chance.choice(HANDED_OUT),))


__all__ = ["Story", "namespaces", "room"]
