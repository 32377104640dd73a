"""The class at two moments side by side: each student, and all together. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from dashboard.assess.assessment_summary import checked
from dashboard.assess.transitions import FlowTransition, list_transitions
from dashboard.web.runs.standing import Standing
from netpol.lab import Flow, Lab

DONE = "Done"
Class = Mapping[int, Standing]
"""Everybody of whom anything was read by then, by the namespace's primary key."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stood: `rank` grows along the lab, and is `None` for a step it lost since."""

    title: str
    rank: int | None
    met: int
    total: int


@dataclass(frozen=True, slots=True)
class Row:
    """One student, `called` so on the roster; `then` or `now` is `None` where their namespace was
    not there or not read.

    `unread_then` and `unread_now` tell that it was there.
    """

    namespace: str
    student: str
    then: Place | None
    now: Place | None
    turned: Mapping[FlowTransition, int]
    unread_then: bool = False
    unread_now: bool = False
    called: str = ""

    @property
    def opened(self) -> int:
        return self.turned.get(FlowTransition.OPENED, 0)

    @property
    def closed(self) -> int:
        return self.turned.get(FlowTransition.CLOSED, 0)

    @property
    def unclear(self) -> int:
        return self.turned.get(FlowTransition.UNCLEAR, 0)

    @property
    def steps(self) -> int:
        """How many steps further; below zero when further back."""
        if self.then and self.now and self.then.rank is not None and self.now.rank is not None:
            return self.now.rank - self.then.rank
        return 0

    @property
    def flows(self) -> int:
        return self.now.met - self.then.met if self.then and self.now else 0

    @property
    def both(self) -> bool:
        return bool(self.then and self.now)

    @property
    def moved(self) -> tuple[int, int, int]:
        """Orders those who moved least before the others, and who fell back before them."""
        return self.steps, self.flows, self.opened + self.closed + self.unclear

    @property
    def words(self) -> str:
        if not self.both:
            return self._missing
        if self.steps:
            way = "on" if self.steps > 0 else "back"
            return f"{_counted(abs(self.steps), 'step')} {way}"
        if self.flows:
            return f"same step, {_counted(abs(self.flows), 'flow')} {self._more}"
        return "same step, other flows" if any(self.turned.values()) else "no change"

    @property
    def _missing(self) -> str:
        unread = [side for side, at in (("A", self.unread_then), ("B", self.unread_now)) if at]
        if unread:
            return f"could not be read at {' and '.join(unread)}"
        return "was not there then" if self.now else "is not there"

    @property
    def _more(self) -> str:
        return "more met" if self.flows > 0 else "fewer met"


@dataclass(frozen=True, slots=True)
class Counted:
    """So many of the class then, and so many now; `part` of the lab, where it is a step."""

    title: str
    then: int
    now: int
    part: int | None = None


@dataclass(frozen=True)
class Classes:
    """The class then and now, those who moved least first."""

    rows: tuple[Row, ...]
    stages: tuple[Counted, ...]
    failing: tuple[Counted, ...]

    @cached_property
    def both(self) -> list[Row]:
        return [row for row in self.rows if row.both]

    @property
    def on(self) -> int:
        return sum(row.moved[:2] > (0, 0) for row in self.both)

    @property
    def back(self) -> int:
        return sum(row.moved[:2] < (0, 0) for row in self.both)

    @property
    def same(self) -> int:
        return len(self.both) - self.on - self.back

    @property
    def only_then(self) -> int:
        return sum(row.now is None and not row.unread_now for row in self.rows)

    @property
    def only_now(self) -> int:
        return sum(row.then is None and not row.unread_then for row in self.rows)

    @property
    def read_then(self) -> int:
        return sum(row.then is not None for row in self.rows)

    @property
    def read_now(self) -> int:
        return sum(row.now is not None for row in self.rows)

    @property
    def unread_then(self) -> int:
        return sum(row.unread_then for row in self.rows)

    @property
    def unread_now(self) -> int:
        return sum(row.unread_now for row in self.rows)

    @property
    def median_then(self) -> float | None:
        return _median([row.then for row in self.rows])

    @property
    def median_now(self) -> float | None:
        return _median([row.now for row in self.rows])


def side_by_side(lab: Lab, then: Class, now: Class) -> Classes:
    ranks = {step.key: rank for rank, step in enumerate(checked(lab))}
    titles = {step.key: step.title for step in checked(lab)}
    known: dict[tuple[str, str], Mapping[FlowTransition, int]] = {}

    def place(standing: Standing | None) -> Place | None:
        if standing is None or standing.unread:
            return None
        title = titles.get(standing.step, standing.step) or DONE
        rank = ranks.get(standing.step) if standing.step else len(ranks)
        return Place(title, rank, standing.met, standing.total)

    def row(key: int) -> Row:
        before, after = then.get(key), now.get(key)
        named = after or before
        assert named  # noqa: S101  # narrows for mypy
        turned: Mapping[FlowTransition, int] = {}
        unread_then = before is not None and bool(before.unread)
        unread_now = after is not None and bool(after.unread)
        if before and after and not (unread_then or unread_now):
            pair = before.assessment, after.assessment
            if pair not in known:
                known[pair] = _turned(lab, before, after)
            turned = known[pair]
        return Row(
            named.namespace,
            named.student,
            place(before),
            place(after),
            turned,
            unread_then,
            unread_now,
        )

    rows = [row(key) for key in {**then, **now}]
    rows.sort(key=lambda row: (not row.both, row.now is None, row.moved, row.namespace))
    was, is_ = _read(then), _read(now)
    return Classes(tuple(rows), _stages(lab, was, is_), _failing(lab, was, is_))


def _read(class_: Class) -> Class:
    return {key: each for key, each in class_.items() if not each.unread}


def _turned(lab: Lab, before: Standing, after: Standing) -> Mapping[FlowTransition, int]:
    ways = (way for _, way in list_transitions(lab, before.summary, after.summary))
    return Counter(way for way in ways if way is not FlowTransition.UNCHANGED)


def _stages(lab: Lab, then: Class, now: Class) -> tuple[Counted, ...]:
    """Everybody is counted once."""
    before, after = (Counter(each.step for each in class_.values()) for class_ in (then, now))
    steps = [Counted(s.title, before[s.key], after[s.key], s.part) for s in checked(lab)]
    return (*steps, Counted(DONE, before[""], after[""]))


def _failing(lab: Lab, then: Class, now: Class) -> tuple[Counted, ...]:
    """The flows that are not as the lab wants them in somebody's namespace, most of them now."""
    before, after = (_unmet(lab.flows, class_.values()) for class_ in (then, now))
    found = [
        Counted(flow.name, before[flow.name], after[flow.name])
        for flow in lab.flows
        if before[flow.name] or after[flow.name]
    ]
    return tuple(sorted(found, key=lambda each: (-each.now, -each.then)))


def _unmet(flows: Sequence[Flow], class_: Iterable[Standing]) -> Counter[str]:
    alike: dict[str, tuple[Standing, int]] = {}
    for each in class_:
        alike[each.assessment] = each, alike.get(each.assessment, (each, 0))[1] + 1
    unmet: Counter[str] = Counter()
    for standing, number in alike.values():
        predicted = standing.summary["flows"]
        for flow in flows:
            if flow.name in predicted and predicted[flow.name] != flow.expected:
                unmet[flow.name] += number
    return unmet


def _median(places: Iterable[Place | None]) -> float | None:
    met = [place.met for place in places if place]
    return median(met) if met else None


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
