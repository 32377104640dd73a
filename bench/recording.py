"""Records what `bench.weeks` let happen by the product's own code, and measures what it left."""

from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

from django.db import connection

from bench.weeks import BEGIN, ROLLOUTS, home, own
from dashboard.active_lab import active_lab
from dashboard.assess.class_assessment import AssessedNamespace, assess_class
from dashboard.cluster_reading import ClusterReading, NamespaceReading
from dashboard.collect import probe_round
from dashboard.collect.cluster import ClusterConnection, fetch_class
from dashboard.collect.http.answers import NoAnswer, NoAnswerCause
from dashboard.collect.http.hosts import ProbeAnswer
from dashboard.history import retention
from dashboard.history.diagnoses import record_diagnoses
from dashboard.history.mistakes import record_mistakes
from dashboard.history.snapshots import record_poll
from dashboard.models import Namespace
from demo.classroom.roster import Classroom, StudentNamespace, create_students
from demo.history import UNTIL_PROBED, PastConnection, simulate_visit

MINUTE, ROUND = timedelta(minutes=1), timedelta(seconds=30)
LOOK = timedelta(minutes=90)
"""So often everybody is looked at, news or none; PROBE_SECONDS is such that it is no gap."""
FAILING = 1 / 5_000
Sizes = dict[str, tuple[int, int]]


@dataclass(slots=True)
class Plan:
    """At which moments whom to poll and whom to probe, and whose probe fails."""

    polls: defaultdict[datetime, set[str]] = field(default_factory=lambda: defaultdict(set))
    probes: defaultdict[datetime, set[str]] = field(default_factory=lambda: defaultdict(set))
    failing: set[tuple[datetime, str]] = field(default_factory=set)
    rollouts: dict[str, list[datetime]] = field(default_factory=dict)

    @property
    def moments(self) -> list[datetime]:
        return sorted({*self.polls, *self.probes})


def plan(homes: list[StudentNamespace], span: timedelta, chance: Random) -> Plan:

    made = Plan()
    for each in homes:
        weeks = max(1, span.days // 7)
        rounds = chance.sample(range(span // ROUND), ROLLOUTS * weeks)
        made.rollouts[each.name] = [BEGIN + number * ROUND for number in rounds]
        acts = [revision.since for revision in each.revisions]
        late = [change + UNTIL_PROBED for change in acts if change > BEGIN]
        # That a pod restarts once more adds nothing.
        turns = [now.since for was, now in pairwise(each.app_states) if now.ready != was.ready]
        for change in (*acts, *late, *turns, *made.rollouts[each.name]):
            if BEGIN < change < BEGIN + span:
                made.polls[BEGIN - (BEGIN - change) // ROUND * ROUND].add(each.name)
        made.polls[BEGIN].add(each.name)
        for number in range(1, span // MINUTE):
            if chance.random() < FAILING:
                moment = BEGIN + number * MINUTE
                made.failing.add((moment, each.name))
                for beside in (moment - MINUTE, moment, moment + MINUTE):
                    made.probes[beside].add(each.name)
        for number in range(span // LOOK):
            made.polls[BEGIN + number * LOOK].add(each.name)
    return made


def simulate(count: int, span: timedelta) -> None:

    chance = Random(7)
    homes = [home(student, span, chance) for student in create_students(count)]
    rooms = {
        each.name: Classroom(BEGIN + span, (each.student,), {each.name: each}) for each in homes
    }
    todo = plan(homes, span, chance)
    readings: dict[str, NamespaceReading] = {}
    nowhere: Any = ClusterConnection.__new__(ClusterConnection)
    nowhere.server = "https://simulated"
    for moment in todo.moments:
        for name in todo.polls[moment]:
            reading = fetch_class(PastConnection(nowhere, rooms[name], moment), active_lab())
            done = sum(rollout <= moment for rollout in todo.rollouts[name])
            found = reading.namespaces[0]
            assert isinstance(found, NamespaceReading)
            readings[name] = own(found, done)
        if todo.polls[moment]:
            whole = ClusterReading(moment, tuple(readings.values()), reading.surroundings)
            states = list(assess_class(active_lab(), whole))
            if record_poll(moment, states).new:
                new = [one for one in states if isinstance(one, AssessedNamespace)]
                record_diagnoses(new, reading.surroundings)
                record_mistakes(new)
        probe(todo, rooms, moment)


def probe(todo: Plan, rooms: dict[str, Any], moment: datetime) -> None:

    lost = NoAnswer(NoAnswerCause.TIMEOUT)
    batch = []
    for row in Namespace.objects.filter(name__in=todo.polls[moment] | todo.probes[moment]):
        visit = simulate_visit(rooms[row.name], row, moment)
        if (moment, row.name) in todo.failing:
            visit = {method: ProbeAnswer(moment, lost) for method in visit}
        batch.append((row, visit))
    probe_round.record_answers(batch, moment)


def fold(days: int) -> None:

    for day in range(2, days + 2):
        retention.compact_flapping(BEGIN + timedelta(days=day))


def prune(days: int) -> None:

    for each in retention.prune(BEGIN + timedelta(days=days - 1), apply=True):
        print(f"  pruned {each.rows} of {each.of} {each.table}, about {each.size} bytes")


def sizes() -> Sizes:
    """Rows and bytes of each table with its indexes."""

    by_table = (
        "SELECT tbl_name, SUM(pgsize) FROM dbstat JOIN sqlite_master USING (name) GROUP BY tbl_name"
    )
    with closing(connection.cursor()) as cursor:
        cursor.execute("VACUUM")
        found = dict(cursor.execute(by_table).fetchall())
        return {
            table.removeprefix("dashboard_"): (rows(cursor, table), size)
            for table, size in found.items()
            if table.startswith("dashboard_") and rows(cursor, table)
        }


def rows(cursor: Any, table: str) -> int:
    (count,) = cursor.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()
    return int(count)
