"""Who is in the class, and the namespaces that are theirs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from demo.classroom.app_health import (
    AppState,
    HealthSpell,
    crash_spells,
    find_spells,
    list_app_states,
)
from demo.classroom.open_flows import OpenFlows, find_open_flows
from demo.classroom.outage import DnsOutage, usual_outage
from demo.classroom.stories import STORIES, Quirk, Story
from demo.classroom.timeline import PolicyRevision, Timeline, build_timeline, state_at
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
class SimulatedStudent:
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
    student: SimulatedStudent
    labels: Mapping[str, str] = field(hash=False)
    revisions: Timeline
    app_states: tuple[AppState, ...]
    outage: DnsOutage

    @property
    def quirk(self) -> Quirk:
        return self.student.story.quirk

    def revision_at(self, moment: datetime) -> PolicyRevision:
        return state_at(self.revisions, moment)

    def open_flows_at(self, moment: datetime) -> OpenFlows:
        """What the network plugin lets through and somebody answers."""
        through = find_open_flows(self.revision_at(moment).manifest_keys, self.quirk.plugin_profile)
        return self.outage.restrict_flows(through, moment)

    def app_state_at(self, moment: datetime) -> AppState:
        return state_at(self.app_states, moment)


@dataclass(frozen=True, slots=True)
class Classroom:
    """The whole class, which `start` divides into what was before the demo and what follows."""

    start: datetime
    students: tuple[SimulatedStudent, ...]
    namespaces: Mapping[str, StudentNamespace] = field(hash=False)

    @property
    def created_at(self) -> datetime:
        return self.start - COURSE_AGE

    def find_student(self, login: str) -> SimulatedStudent | None:
        """By their login in any case, as in the name of a host."""
        found = [each for each in self.students if each.login.lower() == login.lower()]
        return found[0] if found else None

    def find_namespace(self, owner: SimulatedStudent, environment: str) -> StudentNamespace | None:
        owned = [each for each in self.namespaces.values() if each.student == owner]
        return next((each for each in owned if each.environment == environment), None)

    def dev_namespace(self, owner: SimulatedStudent) -> StudentNamespace:
        """Everybody has this one."""
        found = self.find_namespace(owner, "dev")
        assert found is not None  # noqa: S101  # narrows for mypy
        return found


def build_classroom(
    start: datetime,
    everybody: tuple[SimulatedStudent, ...],
    pattern: NamespacePattern,
    befalls: DnsOutage | None = None,
) -> Classroom:
    """The same class for the same arguments. `befalls` replaces the usual outage."""
    outage = befalls or usual_outage(start)
    namespaces = {
        namespace.name: namespace
        for each in everybody
        for namespace in _build_namespaces(each, start, pattern, outage)
    }
    return Classroom(start, everybody, namespaces)


def create_students(size: int) -> tuple[SimulatedStudent, ...]:
    return tuple(create_student(number) for number in range(size))


def create_student(number: int) -> SimulatedStudent:
    round_, seat = divmod(number, len(LOGINS))
    login = LOGINS[seat] + (f"-{round_ + 1}" if round_ else "")
    chance = Random(login)
    return SimulatedStudent(
        number,
        login,
        STORIES[number % len(STORIES)],
        pace=chance.uniform(0.85, 1.15),
        patient=chance.random() < 0.5,
    )


def _build_namespaces(
    owner: SimulatedStudent, start: datetime, pattern: NamespacePattern, outage: DnsOutage
) -> Iterator[StudentNamespace]:
    story, ends = owner.story, start + AHEAD
    scripts = {"dev": (story.acts, story.again)}
    if story.prod is not None:
        scripts["prod"] = (story.prod, ())
    for environment, (acts, again) in scripts.items():
        begins = start + timedelta(minutes=story.begins)
        revisions = build_timeline(acts, again, begins, ends, owner.pace)
        spells: Iterable[HealthSpell] = ()
        if story.quirk is Quirk.CRASHING:
            spells = crash_spells(start - CRASHED, ends)
        elif not owner.patient:
            spells = find_spells(revisions, ends, story.quirk.plugin_profile)
            spells = outage.interrupt_spells(spells)
        name = pattern.template.format(student=owner.login.lower(), environment=environment)
        labels = {
            **pattern.labels,
            pattern.student_label: owner.login,
            pattern.environment_label: environment,
            "kubernetes.io/metadata.name": name,
        }
        states = list_app_states(spells)
        yield StudentNamespace(name, environment, owner, labels, revisions, states, outage)
