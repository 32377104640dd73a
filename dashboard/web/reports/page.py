"""What the two report pages show: that of one namespace, and that of the class."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from statistics import median_high
from typing import ClassVar

from django.core.paginator import Page

from dashboard.accounts.roster import NO_SECTION
from dashboard.assess.regressions import RegressionGroup
from dashboard.models import Namespace
from dashboard.times.moment import TimeMoment
from dashboard.web.incidents.page import LISTED, NamespaceIncidents
from dashboard.web.reports.facts import ReportFacts
from dashboard.web.reports.points import PointShare, RubricPoints
from dashboard.web.reports.report import GradedNamespace, NamespaceReport
from netpol.lab import Lab

MANY = 100
"""Namespaces; a gradebook of more takes seconds, which the page says."""
SORTED_BY_POINTS = "points"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    """The report of one namespace; with a `refusal` there is none. `typed_moment` is what the
    address asks for, and `moment` what it means.
    """

    template: ClassVar[str] = "reports/page.html"
    lab: Lab
    namespace: Namespace
    typed_moment: str
    moment: TimeMoment | None = None
    refusal: str = ""
    report: NamespaceReport | None = None
    can_draw: bool = False

    @property
    def facts(self) -> ReportFacts | None:
        return self.report.facts if self.report else None

    @property
    def points(self) -> RubricPoints | None:
        return self.report.graded.points if self.report else None

    @property
    def first_recorded(self) -> TimeMoment | None:
        began = self.report.history.first_recorded if self.report else None
        return TimeMoment(began) if began else None

    @property
    def regressions(self) -> Sequence[RegressionGroup]:
        return self.report.history.setbacks[:LISTED] if self.report else ()

    @property
    def older_regressions(self) -> int:
        return len(self.report.history.setbacks[LISTED:]) if self.report else 0

    @property
    def incidents(self) -> NamespaceIncidents:
        return NamespaceIncidents(tuple(self.report.history.incidents) if self.report else ())


@dataclass(frozen=True, slots=True)
class ReportQuery:
    """Whose reports, of when, in which order, as an address says it."""

    environment: str
    section: str
    order: str
    at: TimeMoment | None

    @property
    def time(self) -> datetime | None:
        return self.at.time if self.at else None

    @property
    def is_by_points(self) -> bool:
        return self.order == SORTED_BY_POINTS

    @property
    def section_words(self) -> str:
        """Which part of the class the page is of, behind its environment."""
        if not self.section:
            return ""
        return ", no section" if self.section == NO_SECTION else f", section {self.section}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassReportPage:
    """The reports of the class, a page of `rows` at a time. `everybody` is graded only where the
    whole class is on the page or its order needs it: grading one takes most of a millisecond.
    """

    template: ClassVar[str] = "reports/class.html"
    lab: Lab
    sections: Sequence[str]
    typed_moment: str
    refusal: str = ""
    query: ReportQuery | None = None
    listed: Page[int] | None = None
    rows: Sequence[GradedNamespace] = ()
    everybody: Sequence[GradedNamespace] | None = None
    namespaces: int = 0
    all_flows_met: int = 0

    @property
    def no_section(self) -> str:
        return NO_SECTION

    @property
    def environments(self) -> Sequence[str]:
        return self.lab.namespaces.environments

    @property
    def kept_parameters(self) -> Sequence[tuple[str, str]]:
        """What the form for a moment does not ask for, and must not lose."""
        if self.query is None:
            return ()
        query = self.query
        pairs = ("environment", query.environment), ("section", query.section)
        return (*pairs, ("sort", query.order))

    @property
    def moment_parameter(self) -> str:
        """Keeps the moment in the address of a student's report."""
        return f"?at={self.query.at}" if self.query and self.query.at else ""

    @property
    def is_slow(self) -> bool:
        """More namespaces are graded than are shown."""
        return self.everybody is not None and len(self.everybody) > len(self.rows)

    @property
    def is_large(self) -> bool:
        return self.namespaces > MANY

    @property
    def has_unreadable(self) -> bool:
        return any(row.facts.unread for row in self.everybody or ())

    @property
    def median_points(self) -> Fraction:
        """Of those who could be read."""
        return median_high(share.earned for share in self._shares) if self._shares else Fraction()

    @property
    def without_loss(self) -> int:
        """How many lost no point that could be judged."""
        return sum(share.earned == share.judged > 0 for share in self._shares)

    @property
    def _shares(self) -> list[PointShare]:
        readable = (row for row in self.everybody or () if not row.facts.unread)
        return [row.points.share for row in readable if row.points]
