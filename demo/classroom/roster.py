"""Who is in the class, and the namespaces that are theirs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from demo.classroom.outage import Outage, outage
from demo.classroom.pods import AppState, Spell, app_states, crashing, cut_off
from demo.classroom.reach import Reach, reach
from demo.classroom.stories import STORIES, Act, Quirk, Story
from demo.classroom.timeline import Revision, Timeline, at, timeline
from netpol.lab import NamespacePattern

# As GitHub has them: with capitals, with hyphens, and one that ends like an environment.
LOGINS = (
    "amara-o", "bruno-dev", "Chen-Li", "dalia88", "emeka-n", "Freya-S", "gita-r", "hugo",
    "ines-m", "Jonas-K", "kavya", "leon-t", "Mei-Tan", "noor-a", "oskar", "priya-v",
    "quentin", "rosa-b", "Samir-H", "tuva", "umar-f", "Vera-P", "wen", "yusuf-d",
    "zola-m", "anders-k", "Bea-W", "ciro",
)  # fmt: skip

PAST = timedelta(hours=3)
"""How long before the start of the demo the class began."""
COURSE_AGE = timedelta(days=40)
"""How old the namespaces and the pods in them are."""
CRASHED = timedelta(minutes=35)
"""How long before the start an app began to crash."""
AHEAD = timedelta(hours=24)
"""How long the scripts last; who lets the demo run longer sees a class that has gone home."""


@dataclass(frozen=True, slots=True)
class Student:
    """`patient` is whether their app's probes wait longer than the usual second."""

    number: int
    login: str
    story: Story
    pace: float
    patient: bool


@dataclass(frozen=True, slots=True)
class StudentNamespace:
    name: str
    environment: str
    student: Student
    labels: Mapping[str, str] = field(hash=False)
    revisions: Timeline
    app_states: tuple[AppState, ...]
    outage: Outage

    @property
    def quirk(self) -> Quirk:
        return self.student.story.quirk

    def revision(self, moment: datetime) -> Revision:
        return at(self.revisions, moment)

    def reach(self, moment: datetime) -> Reach:
        """What the network plugin lets through and somebody answers."""
        through = reach(self.revision(moment).manifests, self.quirk.plugin)
        return self.outage.leaves(through, moment)

    def app_state(self, moment: datetime) -> AppState:
        return at(self.app_states, moment)


@dataclass(frozen=True, slots=True)
class Classroom:
    """The whole class, which `start` divides into what was before the demo and what follows."""

    start: datetime
    students: tuple[Student, ...]
    namespaces: Mapping[str, StudentNamespace] = field(hash=False)

    @property
    def created(self) -> datetime:
        return self.start - COURSE_AGE

    def student(self, login: str) -> Student | None:
        """By their login in any case, as in the name of a host."""
        found = [each for each in self.students if each.login.lower() == login.lower()]
        return found[0] if found else None

    def of(self, owner: Student, environment: str) -> StudentNamespace | None:
        owned = [each for each in self.namespaces.values() if each.student == owner]
        return next((each for each in owned if each.environment == environment), None)

    def dev(self, owner: Student) -> StudentNamespace:
        """Everybody has this one."""
        found = self.of(owner, "dev")
        assert found is not None  # noqa: S101  # narrows for mypy
        return found


def classroom(
    start: datetime,
    everybody: tuple[Student, ...],
    pattern: NamespacePattern,
    befalls: Outage | None = None,
) -> Classroom:
    """The same for the same arguments, always. `befalls` is another outage than the usual."""
    disturbance = befalls or outage(start)
    namespaces = [
        namespace
        for each in everybody
        for namespace in _namespaces(each, start, pattern, disturbance)
    ]
    return Classroom(start, everybody, {namespace.name: namespace for namespace in namespaces})


def students(size: int) -> tuple[Student, ...]:
    return tuple(student(number) for number in range(size))


def student(number: int) -> Student:
    round_, seat = divmod(number, len(LOGINS))
    login = LOGINS[seat] + (f"-{round_ + 1}" if round_ else "")
    chance = Random(login)
    return Student(
        number,
        login,
        STORIES[number % len(STORIES)],
        pace=chance.uniform(0.85, 1.15),
        patient=chance.random() < 0.5,
    )


def _namespaces(
    owner: Student, start: datetime, pattern: NamespacePattern, disturbance: Outage
) -> Iterator[StudentNamespace]:
    yield _namespace(owner, "dev", start, pattern, disturbance)
    if owner.story.prod is not None:
        yield _namespace(owner, "prod", start, pattern, disturbance)


def _namespace(
    owner: Student,
    environment: str,
    start: datetime,
    pattern: NamespacePattern,
    disturbance: Outage,
) -> StudentNamespace:
    acts, again = _script(owner.story, environment)
    begins = start + timedelta(minutes=owner.story.begins)
    ends = start + AHEAD
    revisions = timeline(acts, again, begins, ends, owner.pace)
    name = pattern.template.format(student=owner.login.lower(), environment=environment)
    return StudentNamespace(
        name,
        environment,
        owner,
        {
            **pattern.labels,
            pattern.student_label: owner.login,
            pattern.environment_label: environment,
            "kubernetes.io/metadata.name": name,
        },
        revisions,
        app_states(_spells(owner, revisions, start, ends, disturbance)),
        disturbance,
    )


def _script(story: Story, environment: str) -> tuple[tuple[Act, ...], tuple[Act, ...]]:
    """What is done there once, and what then again and again."""
    return (story.acts, story.again) if environment == "dev" else (story.prod or (), ())


def _spells(
    owner: Student, revisions: Timeline, start: datetime, ends: datetime, disturbance: Outage
) -> Iterable[Spell]:
    quirk = owner.story.quirk
    if quirk is Quirk.CRASHING:
        return crashing(start - CRASHED, ends)
    if owner.patient:
        return ()
    return disturbance.disturbed(cut_off(revisions, ends, quirk.plugin))
