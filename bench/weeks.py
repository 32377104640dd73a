"""What students and their pods do in some weeks, by the demo's stories: for `bench.retention`."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from dashboard.cluster_reading import NamespaceReading
from demo.classroom.app_health import ALWAYS, AppState, find_spells, list_app_states
from demo.classroom.outage import usual_outage
from demo.classroom.roster import SimulatedStudent, StudentNamespace
from demo.classroom.stories import SOLUTION, STORIES, StoryAct
from demo.classroom.timeline import Timeline, build_timeline
from netpol.lab import load_default_lab

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday."""
SESSIONS = (timedelta(days=1, hours=10), timedelta(days=4, hours=19))
LASTS = timedelta(hours=2)
ROLLOUTS = 3
CRASHING = 40
FIT = [each for each in STORIES if not each.unreadable and each.key != "malformed"]


def home(student: SimulatedStudent, span: timedelta, chance: Random) -> StudentNamespace:
    """In each session a story from its beginning; what it leaves stays until the next."""
    pattern, end = load_default_lab().namespaces, BEGIN + span
    revisions: Timeline = build_timeline((), (), BEGIN, BEGIN, 1)
    for session in _sessions(end):
        story = chance.choice(FIT)
        acts = (StoryAct(0.5, delete=SOLUTION), *story.acts)
        begins = session + timedelta(minutes=chance.uniform(0, 20))
        revisions += build_timeline(
            acts, story.again, begins, begins + LASTS, chance.uniform(0.8, 2)
        )[1:]
    if student.number % CRASHING == CRASHING - 1:
        states = tuple(crashing(end))
    else:
        states = list_app_states(
            ()
            if student.patient
            else find_spells(revisions, end, student.story.quirk.plugin_profile)
        )
    name = pattern.template.format(student=student.login.lower(), environment="dev")
    labels = {
        **pattern.labels,
        pattern.student_label: student.login,
        pattern.environment_label: "dev",
        "kubernetes.io/metadata.name": name,
    }
    return StudentNamespace(name, "dev", student, labels, revisions, states, NO_OUTAGE)


NO_OUTAGE = usual_outage(BEGIN - timedelta(days=1))


def _sessions(end: datetime) -> Iterator[datetime]:
    week = BEGIN
    while week < end:
        yield from (week + session for session in SESSIONS if week + session + LASTS < end)
        week += timedelta(days=7)


def crashing(end: datetime) -> Iterator[AppState]:
    """Ready for a minute, then down for a back-off that doubles up to five."""
    yield AppState(ALWAYS, ready=True, restarts=0)
    moment, restarts, back_off = BEGIN + timedelta(hours=1), 0, timedelta(seconds=10)
    while moment < end:
        yield AppState(moment, ready=False, restarts=restarts)
        moment, restarts = moment + back_off, restarts + 1
        back_off = min(2 * back_off, timedelta(minutes=5))
        yield AppState(moment, ready=True, restarts=restarts)
        moment += timedelta(minutes=1)


def own(reading: NamespaceReading, rollouts: int) -> NamespaceReading:
    """As the student has it: policies under names of their own, pods of the newest rollout."""
    login = reading.owner.student.lower()
    manifests = reading.manifests
    if sum(map(ord, login)) % 2:
        manifests = tuple(
            {
                **each,
                "metadata": {**each["metadata"], "name": f"{login}-{each['metadata']['name']}"},
            }
            for each in manifests
        )
    pods = tuple(
        replace(each, pod=replace(each.pod, name=f"{each.pod.name}-{rollouts}"))
        if each.pod.labels.get("app") == "student-app"
        else each
        for each in reading.pods
    )
    return replace(reading, manifests=manifests, pods=pods)
