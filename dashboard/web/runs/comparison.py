"""The class at two moments side by side: each student, and all together. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from dashboard.assess.assessment_summary import list_checked_steps
from dashboard.assess.transitions import FlowTransition, list_transitions
from dashboard.web.runs.progress import StudentProgress
from netpol.lab import Flow, Lab

DONE = "Done"
ProgressByNamespace = Mapping[int, StudentProgress]
"""Everybody of whom anything was read by then, by the namespace's primary key."""


@dataclass(frozen=True, slots=True)
class StepPlace:
    """Where somebody stood: `rank` grows along the lab, and is `None` for a step it lost since."""

    title: str
    rank: int | None
    met: int
    total: int


@dataclass(frozen=True, slots=True)
class StudentComparison:
    """One student, `called` so on the roster; `then` or `now` is `None` where their namespace was
    not there or not read.

    `unread_then` and `build_current_problem` tell that it was there.
    """

    namespace: str
    student: str
    before: StepPlace | None
    after: StepPlace | None
    turned: Mapping[FlowTransition, int]
    unreadable_before: bool = False
    unreadable_after: bool = False
    name: str = ""

    @property
    def flows_opened(self) -> int:
        return self.turned.get(FlowTransition.OPENED, 0)

    @property
    def flows_closed(self) -> int:
        return self.turned.get(FlowTransition.CLOSED, 0)

    @property
    def flows_unclear(self) -> int:
        return self.turned.get(FlowTransition.UNCLEAR, 0)

    @property
    def steps_gained(self) -> int:
        """How many steps further; below zero when further back."""
        if (
            self.before
            and self.after
            and self.before.rank is not None
            and self.after.rank is not None
        ):
            return self.after.rank - self.before.rank
        return 0

    @property
    def flows_gained(self) -> int:
        return self.after.met - self.before.met if self.before and self.after else 0

    @property
    def is_comparable(self) -> bool:
        return bool(self.before and self.after)

    @property
    def sort_key(self) -> tuple[int, int, int]:
        """Orders those who moved least before the others, and who fell back before them."""
        return (
            self.steps_gained,
            self.flows_gained,
            self.flows_opened + self.flows_closed + self.flows_unclear,
        )

    @property
    def movement(self) -> str:
        if not self.is_comparable:
            return self._absence
        if self.steps_gained:
            way = "on" if self.steps_gained > 0 else "back"
            return f"{_pluralize(abs(self.steps_gained), 'step')} {way}"
        if self.flows_gained:
            return f"same step, {_pluralize(abs(self.flows_gained), 'flow')} {self._more}"
        return "same step, other flows" if any(self.turned.values()) else "no change"

    @property
    def changes(self) -> str:
        """The flows that changed, in words."""
        counts = (
            (self.flows_opened, "opened"),
            (self.flows_closed, "closed"),
            (self.flows_unclear, "unclear"),
        )
        return ", ".join(f"{count} {word}" for count, word in counts if count) or "no flow"

    @property
    def places(self) -> tuple[tuple[str, StepPlace | None, str], ...]:
        """For each side: its letter, where the student stood, and why that is not known."""
        return (
            ("A", self.before, "could not be read" if self.unreadable_before else "not there"),
            ("B", self.after, "could not be read" if self.unreadable_after else "not there"),
        )

    @property
    def _absence(self) -> str:
        unread = [
            side for side, at in (("A", self.unreadable_before), ("B", self.unreadable_after)) if at
        ]
        if unread:
            return f"could not be read at {' and '.join(unread)}"
        return "was not there then" if self.after else "is not there"

    @property
    def _more(self) -> str:
        return "more met" if self.flows_gained > 0 else "fewer met"


@dataclass(frozen=True, slots=True)
class CountPair:
    """So many of the class then, and so many now; `part` of the lab, where it is a step."""

    title: str
    before: int
    after: int
    part: int | None = None


@dataclass(frozen=True)
class ClassComparison:
    """The class then and now, those who moved least first."""

    rows: tuple[StudentComparison, ...]
    stages: tuple[CountPair, ...]
    failing: tuple[CountPair, ...]

    @cached_property
    def comparable(self) -> list[StudentComparison]:
        return [row for row in self.rows if row.is_comparable]

    @property
    def students_further(self) -> int:
        return sum(row.sort_key[:2] > (0, 0) for row in self.comparable)

    @property
    def students_back(self) -> int:
        return sum(row.sort_key[:2] < (0, 0) for row in self.comparable)

    @property
    def students_unmoved(self) -> int:
        return len(self.comparable) - self.students_further - self.students_back

    @property
    def only_before(self) -> int:
        return sum(row.after is None and not row.unreadable_after for row in self.rows)

    @property
    def only_after(self) -> int:
        return sum(row.before is None and not row.unreadable_before for row in self.rows)

    @property
    def readable_before(self) -> int:
        return sum(row.before is not None for row in self.rows)

    @property
    def readable_after(self) -> int:
        return sum(row.after is not None for row in self.rows)

    @property
    def unreadable_before(self) -> int:
        return sum(row.unreadable_before for row in self.rows)

    @property
    def unreadable_after(self) -> int:
        return sum(row.unreadable_after for row in self.rows)

    @property
    def verdict(self) -> str:
        """Who moved, in a sentence or two."""
        unreadable = self.unreadable_before or self.unreadable_after
        if not self.comparable:
            nobody = "Nobody could be read" if unreadable else "Nobody was there"
            return f"{nobody} at both, so only the classes as a whole can be compared."
        known = "could be read" if unreadable else "had a namespace"
        verb = "is" if self.students_further == 1 else "are"
        sentences = [
            f"{_pluralize(len(self.comparable), 'student')} {known} at both.",
            f"At B {self.students_further} {verb} further,",
            f"{self.students_unmoved} where they were, and {self.students_back} further back.",
        ]
        for count, side in ((self.only_before, "A"), (self.only_after, "B")):
            if count:
                sentences.append(f"{_pluralize(count, 'student')} had a namespace at {side} only.")
        return " ".join(sentences)

    @property
    def unreadable_words(self) -> str:
        """Who could not be read; empty where everybody could."""
        sides = ((self.unreadable_before, "A"), (self.unreadable_after, "B"))
        parts = [f"{count} could not be read at {side}" for count, side in sides if count]
        return f"{', '.join(parts)}; they are not counted there." if parts else ""

    @property
    def median_before(self) -> float | None:
        return _median_met([row.before for row in self.rows])

    @property
    def median_after(self) -> float | None:
        return _median_met([row.after for row in self.rows])


def compare_classes(
    lab: Lab, then: ProgressByNamespace, now: ProgressByNamespace
) -> ClassComparison:
    ranks = {step.key: rank for rank, step in enumerate(list_checked_steps(lab))}
    titles = {step.key: step.title for step in list_checked_steps(lab)}
    known: dict[tuple[str, str], Mapping[FlowTransition, int]] = {}

    def place(standing: StudentProgress | None) -> StepPlace | None:
        if standing is None or standing.is_unreadable:
            return None
        title = titles.get(standing.step, standing.step) or DONE
        rank = ranks.get(standing.step) if standing.step else len(ranks)
        return StepPlace(title, rank, standing.flows_met, standing.flows_total)

    def row(key: int) -> StudentComparison:
        before, after = then.get(key), now.get(key)
        named = after or before
        assert named  # noqa: S101  # narrows for mypy
        turned: Mapping[FlowTransition, int] = {}
        unread_then = before is not None and bool(before.is_unreadable)
        build_current_problem = after is not None and bool(after.is_unreadable)
        if before and after and not (unread_then or build_current_problem):
            pair = before.assessment, after.assessment
            if pair not in known:
                known[pair] = _count_changes(lab, before, after)
            turned = known[pair]
        return StudentComparison(
            named.namespace,
            named.student,
            place(before),
            place(after),
            turned,
            unread_then,
            build_current_problem,
        )

    rows = [row(key) for key in {**then, **now}]
    rows.sort(
        key=lambda row: (not row.is_comparable, row.after is None, row.sort_key, row.namespace)
    )
    readable_then, readable_now = _only_readable(then), _only_readable(now)
    return ClassComparison(
        tuple(rows),
        _count_steps(lab, readable_then, readable_now),
        _count_failing_flows(lab, readable_then, readable_now),
    )


def _only_readable(progress: ProgressByNamespace) -> ProgressByNamespace:
    return {key: each for key, each in progress.items() if not each.is_unreadable}


def _count_changes(
    lab: Lab, before: StudentProgress, after: StudentProgress
) -> Mapping[FlowTransition, int]:
    ways = (way for _, way in list_transitions(lab, before.summary, after.summary))
    return Counter(way for way in ways if way is not FlowTransition.UNCHANGED)


def _count_steps(
    lab: Lab, then: ProgressByNamespace, now: ProgressByNamespace
) -> tuple[CountPair, ...]:
    """Everybody is counted once."""
    before, after = (Counter(each.step for each in side.values()) for side in (then, now))
    steps = [
        CountPair(s.title, before[s.key], after[s.key], s.part) for s in list_checked_steps(lab)
    ]
    return (*steps, CountPair(DONE, before[""], after[""]))


def _count_failing_flows(
    lab: Lab, then: ProgressByNamespace, now: ProgressByNamespace
) -> tuple[CountPair, ...]:
    """The flows that are not as the lab wants them in somebody's namespace, most of them now."""
    before, after = (_count_unmet(lab.flows, side.values()) for side in (then, now))
    found = [
        CountPair(flow.name, before[flow.name], after[flow.name])
        for flow in lab.flows
        if before[flow.name] or after[flow.name]
    ]
    return tuple(sorted(found, key=lambda each: (-each.after, -each.before)))


def _count_unmet(flows: Sequence[Flow], progress: Iterable[StudentProgress]) -> Counter[str]:
    alike: dict[str, tuple[StudentProgress, int]] = {}
    for each in progress:
        alike[each.assessment] = each, alike.get(each.assessment, (each, 0))[1] + 1
    unmet: Counter[str] = Counter()
    for standing, number in alike.values():
        predicted = standing.summary["flows"]
        for flow in flows:
            if flow.name in predicted and predicted[flow.name] != flow.expected:
                unmet[flow.name] += number
    return unmet


def _median_met(places: Iterable[StepPlace | None]) -> float | None:
    met = [place.met for place in places if place]
    return median(met) if met else None


def _pluralize(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
