"""Students who apply, repeat, mistake and delete the lab's policies at random."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from demo.classroom import roster, stories
from demo.classroom.manifests import manifests
from demo.classroom.outage import Outage
from demo.classroom.pods import ALWAYS
from demo.classroom.roster import Classroom, Student, StudentNamespace
from demo.classroom.stories import SOLUTION, Act, Story
from netpol import lab

MALFORMED = "dns-malformed"
"""A namespace that holds it has no state, which is another test's subject."""
HANDED_OUT = tuple(sorted(set(manifests()) - {MALFORMED}))
NO_OUTAGE = Outage(ALWAYS, ALWAYS)
QUIET = replace(stories.STORIES[0], quirk=stories.Quirk.NONE, unreadable=False, prod=None)


def room(seed: int, size: int, begin: datetime, minutes: int) -> Classroom:
    """`start` is when everybody has stopped; the same for the same arguments."""
    chance = Random(seed)
    start = begin + timedelta(minutes=minutes)
    everybody = tuple(_student(number, minutes, chance) for number in range(size))
    return roster.classroom(start, everybody, lab.load_default_lab().namespaces, NO_OUTAGE)


def namespaces(classroom: Classroom) -> list[StudentNamespace]:
    return list(classroom.namespaces.values())


def _student(number: int, minutes: int, chance: Random) -> Student:
    begins = chance.uniform(-minutes, -minutes / 4)
    story = replace(QUIET, begins=begins, acts=tuple(_acts(-begins, chance)), again=())
    return Student(number, f"sim{number:03}", story, pace=1.0, patient=chance.random() < 0.5)


def _acts(minutes: float, chance: Random) -> Iterator[Act]:
    """The lab's parts one after the other, with all that comes in between."""
    coming = list(SOLUTION)
    while minutes > 0:
        # Some follow each other within one interval between two polls.
        pause = chance.choice((0.1, 0.4, 2, 4, 8, 15)) * chance.uniform(0.5, 1.5)
        minutes -= pause
        yield _act(pause, coming, chance)


def _act(pause: float, coming: list[str], chance: Random) -> Act:
    match chance.choices(("next", "any", "delete", "everything"), (10, 3, 4, 1))[0]:
        case "next" if coming:
            return Act(pause, apply=(coming.pop(0),))
        case "delete":
            return Act(pause, delete=(chance.choice(SOLUTION),))
        case "everything":
            return Act(pause, **{chance.choice(("apply", "delete")): SOLUTION})
    return Act(pause, apply=(chance.choice(HANDED_OUT),))


__all__ = ["Story", "namespaces", "room"]
