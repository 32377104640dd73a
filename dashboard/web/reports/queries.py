"""Reads what the report pages show beside the facts of `facts_queries`."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from dashboard.accounts.roster import NO_SECTION
from dashboard.active_lab import active_lab
from dashboard.assess.regressions import RegressionGroup, find_ending_changes, group_regressions
from dashboard.history.fetch_errors import has_fetch_error
from dashboard.models import (
    HintOpening,
    Incident,
    Namespace,
    Snapshot,
    StoredAssessment,
    Student,
)
from dashboard.web.incidents.page import NamespaceIncidents
from dashboard.web.reports.facts_queries import (
    fetch_policy_sets,
    fetch_regressions,
    hide_findings,
    read_facts,
)
from dashboard.web.reports.page import ReportQuery
from dashboard.web.reports.report import (
    GradedNamespace,
    NamespaceReport,
    ReportHistory,
    build_report,
    grade_namespace,
)


def read_report(
    namespace: Namespace, moment: datetime | None, *, shows_findings: bool
) -> NamespaceReport:
    """The report at a moment, by default now. Raises `TooLargeError`."""
    time = moment or timezone.now()
    lapsed = fetch_regressions({namespace.pk}, time).get(namespace.pk, [])
    sets = fetch_policy_sets(lapsed)
    lost = {namespace.pk: find_ending_changes(lapsed, sets)}
    (facts,) = read_facts(Namespace.objects.filter(pk=namespace.pk), moment, lost)
    history = read_history(
        namespace, group_regressions(active_lab(), lapsed, sets, facts.moment), time
    )
    shown = facts if shows_findings else hide_findings(facts)
    return build_report(active_lab(), shown, history, shows_findings=shows_findings)


def read_history(
    namespace: Namespace, regressions: Sequence[RegressionGroup], moment: datetime
) -> ReportHistory:
    first = namespace.snapshots.oldest()
    return ReportHistory(
        first.first_seen if first else None,
        regressions,
        NamespaceIncidents.from_rows(
            Incident.objects.of_namespace(namespace, moment), moment
        ).groups,
        list(HintOpening.objects.filter(namespace=namespace, at__lte=moment)),
    )


def list_namespace_keys(query: ReportQuery) -> list[int]:
    """The primary keys of the namespaces, in the order of their students."""
    there = Namespace.objects.present_at(query.time).filter(environment=query.environment)
    rows = [(student.lower(), key) for student, key in there.values_list("student", "pk")]
    if query.section:
        students = Student.objects.exclude(section="").values_list("login", "section")
        section_of = {login.lower(): section for login, section in students}
        rows = [row for row in rows if section_of.get(row[0], NO_SECTION) == query.section]
    return [key for _, key in sorted(rows)]


def grade_namespaces(query: ReportQuery, keys: Sequence[int]) -> list[GradedNamespace]:
    """In the order that the query asks for."""
    facts = read_facts(Namespace.objects.filter(pk__in=keys), query.time)
    graded = [grade_namespace(active_lab(), each) for each in facts]
    graded.sort(key=lambda each: each.student.lower())
    if query.is_by_points:
        graded.sort(key=lambda each: each.points.share.earned if each.points else each.steps_held)
    return graded


def count_all_flows_met(query: ReportQuery, keys: Sequence[int]) -> int:
    """How many who could be read had every flow as the lab wants it, by what the policies say."""
    snapshots = Snapshot.objects.holding(query.time).filter(namespace__in=keys).order_by()
    if query.time:
        snapshots = snapshots.exclude(has_fetch_error(query.time))
    else:
        snapshots = snapshots.filter(namespace__failure="")
    alike = dict(snapshots.values_list("assessment").annotate(Count("pk")))
    flows = StoredAssessment.objects.filter(pk__in=alike)
    counts = flows.values_list("pk", "summary__met", "summary__total")
    return sum(alike[digest] for digest, met, total in counts if met == total)
