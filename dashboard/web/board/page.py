"""The class board, and the page on which a student finds their own namespaces. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from django.core.paginator import Page

from dashboard.accounts.roster import NO_SECTION
from dashboard.assess.assessment_summary import list_checked_steps
from dashboard.assess.fetch_problems import FetchProblem
from dashboard.assess.progress_status import ProgressStatus, describe_patience
from dashboard.health.worker_health import WorkerHealth
from dashboard.history.incidents.recent_outages import RecentOutages
from dashboard.times.moment import TimeMoment
from dashboard.web.board.charts import draw_class_heatmap
from dashboard.web.board.choice import RowChoice
from dashboard.web.board.overview import (
    CommonMistake,
    FailingFlow,
    StageCount,
    count_failing_flows,
    count_needs,
    count_stages,
    count_undiagnosed,
    find_common_mistakes,
)
from dashboard.web.board.progress import (
    ClassProgress,
    StepPace,
    compute_progress,
    compute_step_paces,
)
from dashboard.web.board.progress_chart import draw_progress
from dashboard.web.board.rows import BoardRow, ClassRows
from dashboard.web.layout.slider import Slider
from netpol.lab import Flow, Lab, Step

FEW = 6
"""Common mistakes that are in view; the others are folded."""


@dataclass(frozen=True, slots=True)
class ClassOverview:
    """What the board says of a class or a section on top; `whole_count` counts all sections."""

    count: int
    whole_count: int
    sections: Sequence[str]
    moment: datetime
    needs: Sequence[tuple[ProgressStatus, int]]
    stages: Sequence[StageCount]
    failing: Sequence[FailingFlow]
    mistakes: Sequence[CommonMistake]
    undiagnosed_count: int
    progress: ClassProgress | None
    paces: Sequence[StepPace]

    @classmethod
    def from_rows(cls, lab: Lab, whole: ClassRows, known: ClassRows) -> Self:
        return cls(
            len(known.rows),
            len(whole.rows),
            whole.list_sections(),
            known.moment,
            count_needs(known.rows),
            count_stages(lab, known.rows),
            count_failing_flows(known.rows),
            find_common_mistakes(lab, known.rows),
            count_undiagnosed(known.rows),
            compute_progress(lab, known.reached, known.moment),
            compute_step_paces(lab, known.reached, known.rows, known.moment),
        )

    @property
    def replay_moment(self) -> TimeMoment:
        return TimeMoment(self.moment.replace(microsecond=0))

    @property
    def unreadable_count(self) -> int:
        return dict(self.needs)[ProgressStatus.UNREADABLE]

    @property
    def first_mistakes(self) -> Sequence[CommonMistake]:
        return self.mistakes[:FEW]

    @property
    def other_mistakes(self) -> Sequence[CommonMistake]:
        return self.mistakes[FEW:]

    @property
    def progress_figure(self) -> dict[str, Any] | None:
        return draw_progress(self.progress) if self.progress else None

    @property
    def progress_rows(self) -> list[tuple[StepPace, tuple[int, ...]]]:
        """Each step's pace and how many had reached it at the moments of the columns."""
        progress = self.progress
        return [
            (pace, progress.column_counts(pace.step) if progress else ()) for pace in self.paces
        ]


@dataclass(frozen=True, slots=True)
class BoardListing:
    """The `chosen` rows, of which a page shows `rows`; `longest` are stuck for longest of all."""

    choice: RowChoice
    pages: Page[BoardRow]
    chosen: Sequence[BoardRow]
    rows: Sequence[BoardRow]
    flows: Sequence[Flow]
    longest: Sequence[BoardRow]

    @property
    def figure(self) -> dict[str, Any]:
        return draw_class_heatmap(self.flows, self.chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    """`kept` are fields of the address that the form does not ask for and must not lose."""

    template: ClassVar[str] = "board/page.html"
    needs: ClassVar[tuple[ProgressStatus, ...]] = tuple(ProgressStatus)
    lab: Lab
    environment: str
    section: str
    is_projected: bool
    kept: Sequence[tuple[str, str]]
    at_query: str
    refusal: str = ""
    asked: TimeMoment | None = None
    slider: Slider | None = None
    workers: Sequence[WorkerHealth] = ()
    outages: RecentOutages | None = None
    unread: FetchProblem | None = None
    overview: ClassOverview | None = None
    listing: BoardListing | None = None

    @property
    def environments(self) -> Sequence[str]:
        return self.lab.namespaces.environments

    @property
    def steps(self) -> list[Step]:
        return list_checked_steps(self.lab)

    @property
    def patience(self) -> str:
        return describe_patience(self.lab)

    @property
    def polled_at(self) -> datetime | None:
        return self.workers[0].succeeded if self.workers else None

    @property
    def late_workers(self) -> list[WorkerHealth]:
        return [] if self.asked else [worker for worker in self.workers if worker.is_late]

    @property
    def starting_workers(self) -> list[WorkerHealth]:
        return [] if self.asked else [worker for worker in self.workers if worker.is_starting]

    @property
    def section_choices(self) -> list[tuple[str, str]]:
        sections = self.overview.sections if self.overview else ()
        return [(name, "no section" if name == NO_SECTION else name) for name in sections]

    @property
    def section_words(self) -> str:
        """As it follows the environment; empty for the whole class."""
        if self.section == NO_SECTION:
            return ", no section"
        return f", section {self.section}" if self.section else ""

    @property
    def section_membership(self) -> str:
        """What the roster would say of somebody in the section."""
        if self.section == NO_SECTION:
            return "does not know or gives no section"
        return f"has in section “{self.section[:60]}”"

    @property
    def namespace_count(self) -> str:
        count = self.overview.count if self.overview else 0
        return f"{count} namespace{'' if count == 1 else 's'}"

    @property
    def moment(self) -> datetime | None:
        return self.overview.moment if self.overview else None

    @property
    def choice_words(self) -> str:
        return self.listing.choice.describe_choice(self.lab) if self.listing else ""

    @property
    def unknown_choice(self) -> str:
        return self.listing.choice.find_unknown(self.lab) if self.listing else ""

    @property
    def ago(self) -> str:
        return "before" if self.asked else "ago"

    @property
    def no_mistakes(self) -> str:
        """Why the list of common mistakes is empty."""
        if self.overview and self.overview.undiagnosed_count:
            return "None that is known."
        if self.asked:
            return "None: nobody's policies said something other than they should."
        return (
            "None: nobody's policies say something other than they should. "
            "Steps that are still to come are no mistakes."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """A student's own namespaces, as they are or as they were when the address `asked`."""

    template: ClassVar[str] = "board/home.html"
    lab: Lab
    moment: datetime
    refusal: str = ""
    asked: TimeMoment | None = None
    rows: Sequence[BoardRow] = ()

    @property
    def at_query(self) -> str:
        return f"?at={self.asked}" if self.asked else ""

    @property
    def ago(self) -> str:
        return "before" if self.asked else "ago"
