"""What the database knows of a class, read for the board in a fixed number of queries.

A class has thousands of looks and steps, but few states and few times: polls see everybody at once.
So states are read once each, times once each, and looks only of those whose looks matter.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache

from django.conf import settings
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from dashboard.active_lab import active_lab
from dashboard.assess.assessment_summary import NO_SUMMARY, Brief, brief, checked
from dashboard.assess.flow_answers import LEADS_NOWHERE
from dashboard.assess.mistakes import Mistake, made
from dashboard.assess.probe_votes import shelf_life
from dashboard.assess.progress_status import Held, Late, at_work
from dashboard.history.fetch_errors import unread_now, unreadable
from dashboard.history.observed_flows import observed_for
from dashboard.history.progress import ReachedSteps, query_reached_steps
from dashboard.models import (
    Namespace,
    Observation,
    ObservedOutcome,
    Snapshot,
    StepMark,
    StepReached,
    StoredAssessment,
    Student,
)
from dashboard.models.namespace import NamespaceQuerySet
from dashboard.models.text_values import time, written
from dashboard.web.board.choice import in_section
from dashboard.web.board.page import Owned, Row, detailed, row, seen
from dashboard.web.board.progress import first_reached
from dashboard.web.board.trend import SPAN, trend
from netpol.lab import Lab
from netpol.model import Outcome, Profile

LEGIBLE = 100
"""Of a class up to this size all looks are read."""
MOST_KNOWN = 10_000
"""States that a process keeps in mind: more than a class has in a semester."""


@dataclass(frozen=True, slots=True)
class Class:
    """The rows of a class at a moment, `asked` as the address has it: `None` is now."""

    rows: list[Row]
    reached: ReachedSteps
    asked: datetime | None
    moment: datetime

    @classmethod
    def of(
        cls,
        namespaces: NamespaceQuerySet,
        asked: datetime | None = None,
        among: NamespaceQuerySet | None = None,
    ) -> "Class":
        """Without what probes saw, but for those who are done as far as policies tell.

        Whether the class is at work is told by all `among` whom these are, by default just these.
        """
        moment = asked or timezone.now()
        there = namespaces.there(asked)
        reached = query_reached_steps(there, moment)
        held = _held(there, asked, reached)
        if among is None:
            begun = sum(each.begun for each in held.values())
            began = at_work(begun, len(held), first_reached(active_lab(), reached))
        else:
            began = class_began(among.there(asked), asked, moment)
        late = Late(moment, began)
        unread = brief(active_lab(), NO_SUMMARY, settings.CNI_PROFILE)
        rows = [row(each, held.get(each.pk), unread, late) for each in _owned(there, asked)]
        found = cls(rows, reached, asked, moment)
        if len(rows) <= LEGIBLE:
            return found.seen({each.namespace.pk for each in rows})
        unmet = {each.namespace.pk for each in rows if not each.current and each.brief.unmet}
        return found.seen(unmet | _suspects(there, asked))

    def of_section(self, section: str) -> "Class":
        """Whether the class is at work is told by all of it, so that nobody's need is another."""
        rows = in_section(self.rows, section)
        keys = {each.namespace.pk for each in rows}
        reached = {key: steps for key, steps in self.reached.items() if key in keys}
        return Class(rows, reached, self.asked, self.moment)

    def seen(self, keys: Collection[int]) -> "Class":
        """What probes saw of these namespaces, beside what is known already."""
        asked = [each for each in self.rows if each.namespace.pk in keys and not each.cells]
        by_key = {each.namespace.pk: each for each in _seen(asked, self.asked)}
        rows = [by_key.get(each.namespace.pk, each) for each in self.rows]
        return Class(rows, self.reached, self.asked, self.moment)


def in_detail(rows: Sequence[Row], of: Class) -> list[Row]:
    """The rows that a page has room for, with all that it says of each."""
    known = {each.namespace.pk: each for each in rows if each.cells}
    unseen = [each for each in rows if not each.cells]
    known |= {each.namespace.pk: each for each in _seen(unseen, of.asked)}
    keys = [each.namespace.pk for each in rows]
    moment = of.asked or timezone.now()  # what is known of the class may be a minute old
    states, marked = _states(keys, moment), _marked(keys, moment)
    return [
        detailed(
            active_lab(),
            known[key],
            of.reached.get(key, {}),
            marked[key],
            trend(states[key], each.brief.total, moment),
        )
        for each in rows
        for key in (each.namespace.pk,)
    ]


def rows_of(
    namespaces: NamespaceQuerySet,
    asked: datetime | None = None,
    among: NamespaceQuerySet | None = None,
) -> list[Row]:
    """As many queries for a thousand students as for one; for few of them."""
    found = Class.of(namespaces, asked, among)
    return in_detail(found.rows, found)


def class_began(
    there: QuerySet[Namespace], asked: datetime | None, moment: datetime
) -> datetime | None:
    """Since when the class is at work, read by its states, of which it has few."""
    steps = StepReached.objects.filter(step__in=[step.key for step in checked(active_lab())])
    reached = steps.filter(at__lte=moment)
    further = Exists(reached.filter(namespace=OuterRef("namespace")))
    held = Snapshot.objects.holding(asked).filter(namespace__in=there).order_by()
    states = list(
        held.annotate(further=further)
        .values("assessment_id", "further")
        .annotate(number=Count("pk"))
        .values_list("assessment_id", "further", "number")
    )
    briefs = _briefs({digest for digest, *_ in states})
    first = reached.filter(namespace__in=there).aggregate(first=Min("at"))["first"]
    begun = sum(number for digest, further, number in states if briefs[digest].begun or further)
    return at_work(begun, sum(number for *_, number in states), first)


def _owned(there: QuerySet[Namespace], asked: datetime | None) -> list[Owned]:
    roster = {
        login.lower(): (name, section)
        for login, name, section in Student.objects.values_list("login", "name", "section")
    }
    rows = there.annotate(began=written("first_seen")).values_list(
        "pk", "name", "student", "began", "failure", "failing_since"
    )
    then = unreadable(asked) if asked else None
    return [
        Owned(
            pk,
            name,
            student,
            time(began),
            then.of(pk) if then else unread_now(failure, since),
            *roster.get(student.lower(), ("", "")),
        )
        for pk, name, student, began, failure, since in rows
    ]


def _held(
    there: QuerySet[Namespace], asked: datetime | None, reached: ReachedSteps
) -> dict[int, Held]:
    steps = {step.key for step in checked(active_lab())}
    snapshots = Snapshot.objects.holding(asked).filter(namespace__in=there).order_by()
    rows = list(
        snapshots.annotate(
            began=written("first_seen"), since=written("step_since"), found=written("mistakes")
        ).values_list("namespace_id", "assessment_id", "began", "since", "found")
    )
    briefs = _briefs({digest for _, digest, *_ in rows})
    return {
        key: Held(
            briefs[digest],
            time(began),
            time(since),
            _made(found),
            came_further=not steps.isdisjoint(reached.get(key, ())),
        )
        for key, digest, began, since, found in rows
    }


def _briefs(digests: set[str]) -> Mapping[str, Brief]:
    """What has a digest never changes, so that a process reads it once."""
    known = _known(active_lab(), settings.CNI_PROFILE)
    if len(known) > MOST_KNOWN:
        known.clear()
    stored = StoredAssessment.objects.filter(pk__in=digests - known.keys())
    for digest, summary in stored.values_list("pk", "summary"):
        known[digest] = brief(active_lab(), summary, settings.CNI_PROFILE)
    return {each: known[each] for each in digests}


@cache
def _known(lab: Lab, profile: Profile) -> dict[str, Brief]:  # noqa: ARG001  # told apart by these
    return {}


def _suspects(there: QuerySet[Namespace], asked: datetime | None) -> set[int]:
    """Of those who are done the ones of whom some look, right or wrong, saw a flow otherwise."""
    moment = asked or timezone.now()
    looks = Observation.objects.filter(last_seen__gte=moment - shelf_life(), first_seen__lte=moment)
    done = Snapshot.objects.holding(asked).filter(namespace__in=there, step="")
    open_flows = [flow.name for flow in active_lab().flows if flow.expected is Outcome.ALLOW]
    fails = Q(outcome=ObservedOutcome.BLOCKED) | Q(sign__in=LEADS_NOWHERE)
    odd = Q(flow__in=open_flows) & fails | ~Q(flow__in=open_flows) & Q(
        outcome=ObservedOutcome.REACHED
    )
    found = looks.filter(odd, namespace__in=done.values("namespace")).order_by()
    return set(found.values_list("namespace", flat=True).distinct())


def _seen(rows: Iterable[Row], asked: datetime | None) -> list[Row]:
    by_key = {each.namespace.pk: each for each in rows}
    namespaces = Namespace.objects.filter(pk__in=by_key).only("environment")
    begins = {key: each.changed for key, each in by_key.items() if each.changed}
    observed = observed_for(namespaces, asked, begins)
    profile = settings.CNI_PROFILE
    return [seen(active_lab(), by_key[key], answers, profile) for key, answers in observed.items()]


def _states(
    keys: Collection[int], moment: datetime
) -> Mapping[int, Sequence[tuple[datetime, int]]]:
    """Of each namespace the states of the last hours: when they began, and the flows they met."""
    found: defaultdict[int, list[tuple[datetime, int]]] = defaultdict(list)
    lately = Snapshot.objects.filter(
        namespace__in=keys, last_seen__gte=moment - SPAN, first_seen__lte=moment
    )
    states = lately.order_by("first_seen").annotate(met=F("assessment__summary__met"))
    for key, began, met in states.values_list("namespace_id", "first_seen", "met"):
        found[key].append((began, met))
    return found


def _marked(keys: Collection[int], moment: datetime) -> Mapping[int, set[str]]:
    """The steps that an instructor had marked as done."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    marks = StepMark.objects.filter(namespace__in=keys).holding(moment)
    for key, step in marks.values_list("namespace_id", "step"):
        found[key].add(step)
    return found


@lru_cache(maxsize=50_000)
def _made(text: str | None) -> Mapping[Mistake, datetime] | None:
    return made(json.loads(text)) if text else None
