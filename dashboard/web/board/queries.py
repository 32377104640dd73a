"""What the database knows of a class, read for the board in a fixed number of queries.

A class has thousands of observations and steps, but few distinct snapshots. So each assessment is
read once, and observations only of those rows that need them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from dashboard.active_lab import active_lab
from dashboard.assess.assessment_summary import (
    NO_SUMMARY,
    AssessmentSummary,
    list_checked_steps,
    order_flows,
    parse_summary,
)
from dashboard.assess.flow_answers import LEADS_NOWHERE
from dashboard.assess.mistakes import load_mistakes
from dashboard.assess.probe_votes import result_lifetime
from dashboard.assess.progress_status import NamespaceProgress, StuckRule, find_work_begin
from dashboard.history.fetch_errors import build_current_problem, list_fetch_problems
from dashboard.history.observed_flows import fetch_observed_by_namespace
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
from dashboard.web.board.choice import RowChoice
from dashboard.web.board.page import BoardListing
from dashboard.web.board.progress import find_first_reached
from dashboard.web.board.rows import (
    BoardNamespace,
    BoardRow,
    ClassRows,
    add_history,
    add_observations,
    build_row,
    hide_names,
    sort_by_need,
)
from dashboard.web.board.trend import SPAN, draw_trend
from netpol.model import Outcome

LEGIBLE = 100
"""All observations of a class up to this size are read."""
PAGE_SIZE = 50
LONGEST = 5
"""Stuck students that are named on top."""


def query_class(namespaces: NamespaceQuerySet, asked: datetime | None = None) -> ClassRows:
    """The rows of a class, with observations only of those who are done, as far as policies tell,
    or of all in a small class.
    """
    moment = asked or timezone.now()
    there = namespaces.present_at(asked)
    reached = query_reached_steps(there, moment)
    held = _query_states(there, asked, reached)
    begun = sum(state.has_begun for state in held.values())
    first = find_first_reached(active_lab(), reached)
    late = StuckRule(moment, find_work_begin(begun, len(held), first))
    rows = _build_rows(there, asked, held, late)
    known = ClassRows(rows, reached, asked, moment)
    if len(rows) <= LEGIBLE:
        return _observe_rows(known, {row.namespace.pk for row in rows})
    unmet = {row.namespace.pk for row in rows if not row.current_step and row.brief.unmet_count}
    return _observe_rows(known, unmet | _query_suspects(there, asked))


def query_own_rows(namespaces: NamespaceQuerySet, asked: datetime | None) -> list[BoardRow]:
    """The rows of a few namespaces of one environment; the whole class of that environment decides
    who is late.
    """
    moment = asked or timezone.now()
    there = namespaces.present_at(asked)
    reached = query_reached_steps(there, moment)
    held = _query_states(there, asked, reached)
    environments = there.values("environment")
    everybody = Namespace.objects.filter(environment__in=environments).present_at(asked)
    late = StuckRule(moment, _query_class_begin(everybody, asked, moment))
    rows = _build_rows(there, asked, held, late)
    return _detail_rows(rows, ClassRows(rows, reached, asked, moment))


def query_rows(namespaces: NamespaceQuerySet, asked: datetime | None = None) -> list[BoardRow]:
    """The rows of a class with all that a page shows."""
    known = query_class(namespaces, asked)
    return _detail_rows(known.rows, known)


def query_listing(address: Mapping[str, str], known: ClassRows) -> BoardListing:
    """One page of the chosen rows in detail. On a projector a row has the number of its place among
    all rows for a name.
    """
    choice = RowChoice.from_address(address)
    everybody = sort_by_need(known.rows)
    numbers = {row.namespace.pk: number for number, row in enumerate(everybody, 1)}
    chosen = [row for row in everybody if choice.includes_row(row)]
    pages = Paginator(chosen, PAGE_SIZE).get_page(address.get("page"))
    place = slice(pages.start_index() - 1, pages.end_index()) if chosen else slice(0)
    chosen[place] = _detail_rows(chosen[place], known)
    if address.get("projector"):
        chosen = [hide_names(row, numbers[row.namespace.pk]) for row in chosen]
    return BoardListing(
        choice,
        pages,
        chosen,
        chosen[place],
        order_flows(active_lab()),
        [row for row in everybody if row.is_stuck][:LONGEST],
    )


def _build_rows(
    there: QuerySet[Namespace],
    asked: datetime | None,
    held: Mapping[int, NamespaceProgress],
    late: StuckRule,
) -> list[BoardRow]:
    never_read = parse_summary(active_lab(), NO_SUMMARY, settings.CNI_PROFILE)
    return [
        build_row(owned, held.get(owned.pk), never_read, late)
        for owned in _query_namespaces(there, asked)
    ]


def _query_namespaces(there: QuerySet[Namespace], asked: datetime | None) -> list[BoardNamespace]:
    roster = {
        login.lower(): (name, section)
        for login, name, section in Student.objects.values_list("login", "name", "section")
    }
    then = list_fetch_problems(asked) if asked else None
    columns = "pk", "name", "student", "first_seen", "failure", "failing_since"
    return [
        BoardNamespace(
            pk,
            name,
            student,
            first_seen,
            then.find_problem(pk) if then else build_current_problem(failure, since),
            *roster.get(student.lower(), ("", "")),
        )
        for pk, name, student, first_seen, failure, since in there.values_list(*columns)
    ]


def _query_states(
    there: QuerySet[Namespace], asked: datetime | None, reached: ReachedSteps
) -> dict[int, NamespaceProgress]:
    steps = {step.key for step in list_checked_steps(active_lab())}
    snapshots = Snapshot.objects.holding(asked).filter(namespace__in=there).order_by()
    columns = "namespace_id", "assessment_id", "first_seen", "step_since", "mistakes"
    rows = list(snapshots.values_list(*columns))
    briefs = _query_briefs({digest for _, digest, *_ in rows})
    return {
        key: NamespaceProgress(
            briefs[digest],
            first_seen,
            step_since,
            None if mistakes is None else load_mistakes(mistakes),
            had_begun=not steps.isdisjoint(reached.get(key, ())),
        )
        for key, digest, first_seen, step_since, mistakes in rows
    }


def _query_briefs(digests: Collection[str]) -> dict[str, AssessmentSummary]:
    stored = StoredAssessment.objects.filter(pk__in=digests).values_list("pk", "summary")
    return {
        digest: parse_summary(active_lab(), summary, settings.CNI_PROFILE)
        for digest, summary in stored
    }


def _query_class_begin(
    there: QuerySet[Namespace], asked: datetime | None, moment: datetime
) -> datetime | None:
    """Since when the class is at work, from its distinct assessments."""
    steps = [step.key for step in list_checked_steps(active_lab())]
    reached = StepReached.objects.filter(step__in=steps, at__lte=moment)
    came_further = Exists(reached.filter(namespace=OuterRef("namespace")))
    states = list(
        Snapshot.objects.holding(asked)
        .filter(namespace__in=there)
        .order_by()
        .annotate(had_begun=came_further)
        .values("assessment_id", "had_begun")
        .annotate(number=Count("pk"))
        .values_list("assessment_id", "had_begun", "number")
    )
    briefs = _query_briefs({digest for digest, *_ in states})
    first = reached.filter(namespace__in=there).aggregate(first=Min("at"))["first"]
    begun = sum(number for digest, further, number in states if briefs[digest].has_begun or further)
    return find_work_begin(begun, sum(number for *_, number in states), first)


def _query_suspects(there: QuerySet[Namespace], asked: datetime | None) -> set[int]:
    """Students who are done, but of whom any probe, right or wrong, saw a flow otherwise."""
    moment = asked or timezone.now()
    done = Snapshot.objects.holding(asked).filter(namespace__in=there, step="")
    open_flows = [flow.name for flow in active_lab().flows if flow.expected is Outcome.ALLOW]
    fails = Q(outcome=ObservedOutcome.BLOCKED) | Q(sign__in=LEADS_NOWHERE)
    leaks = Q(outcome=ObservedOutcome.REACHED)
    odd = Observation.objects.filter(
        Q(flow__in=open_flows) & fails | ~Q(flow__in=open_flows) & leaks,
        namespace__in=done.values("namespace"),
        last_seen__gte=moment - result_lifetime(),
        first_seen__lte=moment,
    )
    return set(odd.order_by().values_list("namespace", flat=True).distinct())


def _observe_rows(known: ClassRows, keys: Collection[int]) -> ClassRows:
    rows = [row for row in known.rows if row.namespace.pk in keys]
    observed = {row.namespace.pk: row for row in _query_observations(rows, known.asked)}
    all_rows = [observed.get(row.namespace.pk, row) for row in known.rows]
    return ClassRows(all_rows, known.reached, known.asked, known.moment)


def _query_observations(rows: Iterable[BoardRow], asked: datetime | None) -> list[BoardRow]:
    by_key = {row.namespace.pk: row for row in rows}
    namespaces = Namespace.objects.filter(pk__in=by_key).only("environment")
    begins = {key: row.changed_at for key, row in by_key.items() if row.changed_at}
    return [
        add_observations(active_lab(), by_key[key], observed, settings.CNI_PROFILE)
        for key, observed in fetch_observed_by_namespace(namespaces, asked, begins).items()
    ]


def _detail_rows(rows: Sequence[BoardRow], known: ClassRows) -> list[BoardRow]:
    """The rows that a page shows, with all that it says of each."""
    unseen = [row for row in rows if not row.cells]
    observed = {row.namespace.pk: row for row in _query_observations(unseen, known.asked)}
    keys = [row.namespace.pk for row in rows]
    states, marked = _query_met_flows(keys, known.moment), _query_marked(keys, known.moment)
    return [
        add_history(
            active_lab(),
            observed.get(key, row),
            known.reached.get(key, {}),
            marked[key],
            draw_trend(states[key], row.brief.flow_count, known.moment),
        )
        for key, row in zip(keys, rows, strict=True)
    ]


def _query_met_flows(
    keys: Collection[int], moment: datetime
) -> Mapping[int, Sequence[tuple[datetime, int]]]:
    """When each snapshot of the last hours began, and how many flows it met, by namespace."""
    met_flows: defaultdict[int, list[tuple[datetime, int]]] = defaultdict(list)
    lately = Snapshot.objects.filter(
        namespace__in=keys, last_seen__gte=moment - SPAN, first_seen__lte=moment
    )
    states = lately.order_by("first_seen").annotate(met=F("assessment__summary__met"))
    for key, began, met in states.values_list("namespace_id", "first_seen", "met"):
        met_flows[key].append((began, met))
    return met_flows


def _query_marked(keys: Collection[int], moment: datetime) -> Mapping[int, set[str]]:
    """The steps that an instructor had marked as done, by namespace."""
    marked: defaultdict[int, set[str]] = defaultdict(set)
    marks = StepMark.objects.filter(namespace__in=keys).holding(moment)
    for key, step in marks.values_list("namespace_id", "step"):
        marked[key].add(step)
    return marked
