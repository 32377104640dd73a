"""What the pages of runs show: the list, and two runs side by side in two ways."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.paginator import Page

from dashboard.models import Run, RunOrigin
from dashboard.times.moment import TimeMoment
from dashboard.web.runs.comparison import ClassComparison, StudentComparison
from dashboard.web.runs.forms import NewRunForm, RunNameForm
from dashboard.web.runs.pace import PaceRow, RunPace
from dashboard.web.runs.progress import ClassSummary
from dashboard.web.runs.sides import RunSide
from netpol.lab import Lab

Choices = Sequence[tuple[str, str]]
"""Runs to choose from: how an address names each, and its title."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """`summary` is how the class stood at the end, `None` where nobody was read by then."""

    run: Run
    side: RunSide
    summary: ClassSummary | None

    @property
    def origin(self) -> str:
        match RunOrigin(self.run.origin):
            case RunOrigin.HAND:
                return f"by hand, {self.run.by}" if self.run.by else "by hand"
            case RunOrigin.SESSION:
                return "found: many changed their policies"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsPage:
    """The list of runs. `refused_name` is a form that could not rename `refused_run`."""

    template: ClassVar[str] = "runs/page.html"
    lab: Lab
    listed: Page[Run]
    rows: Sequence[RunRow]
    choices: Choices
    runs_of_other_labs: int
    form: NewRunForm
    suggested_name: str
    refused_name: RunNameForm | None = None
    refused_run: Run | None = None

    @property
    def newest(self) -> RunSide | None:
        return self.rows[0].side if self.rows else None

    @property
    def lab_environment(self) -> str:
        return self.lab.namespaces.environments[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunComparisonPage:
    """How the class stood at the ends of two runs; nothing where the address was refused."""

    template: ClassVar[str] = "runs/compare.html"
    choices: Choices
    refusal: str = ""
    a: RunSide | None = None
    b: RunSide | None = None
    comparison: ClassComparison | None = None
    listed: Page[StudentComparison] | None = None
    rows: Sequence[StudentComparison] = ()
    flows: int = 0
    figure: dict[str, Any] | None = None

    @property
    def moment_parameter(self) -> str:
        """Keeps the moment of B in the address of a student's page."""
        return "" if self.b is None or self.b.is_ongoing else f"?at={self.b.end}"

    @property
    def bars_label(self) -> str:
        return "Bars: the share of the class at each step, at A and at B; the table has the numbers"

    @property
    def start(self) -> TimeMoment | None:
        return self.a.end if self.a else None

    @property
    def end(self) -> TimeMoment | None:
        return self.b.end if self.b else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPacePage:
    """How fast the class was in two runs; nothing where the address was refused."""

    template: ClassVar[str] = "runs/pace.html"
    choices: Choices
    refusal: str = ""
    a: RunSide | None = None
    b: RunSide | None = None
    paces: Sequence[RunPace] = ()
    rows: Sequence[PaceRow] = ()
    figure: dict[str, Any] | None = None

    @property
    def lines_label(self) -> str:
        return (
            "Lines: for each step, the share of each class that had reached it by the time since"
            " the start; the table below has the numbers"
        )
