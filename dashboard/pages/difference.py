"""Two states of a namespace side by side: flows, policies, and which policy turned which flow."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dashboard.models import Snapshot
from dashboard.pages.manifests import Change, ManifestChange, compare
from dashboard.pages.moment import At, Moment, Named, title
from dashboard.pages.state import Answer, State
from dashboard.pages.turn import Turn, turn
from netpol.difference import Difference, difference
from netpol.lab import Flow, Lab


@dataclass(frozen=True, slots=True)
class TurnRow:
    """A flow at both ends; `sentence` is empty where it did not turn."""

    flow: Flow
    before: Answer
    after: Answer
    turn: Turn
    sentence: str


@dataclass(frozen=True, slots=True)
class Comparison:
    before: State
    after: State
    difference: Difference
    rows: tuple[TurnRow, ...]
    policies: tuple[ManifestChange, ...]

    @property
    def changed(self) -> int:
        return sum(row.turn is not Turn.UNCHANGED for row in self.rows)

    @property
    def ends(self) -> tuple[tuple[str, State], tuple[str, State]]:
        return ("Before", self.before), ("After", self.after)

    @property
    def kept(self) -> list[ManifestChange]:
        return [policy for policy in self.policies if policy.change is Change.SAME]

    @property
    def names(self) -> set[str]:
        return {policy.name for policy in self.policies}

    @property
    def new_text(self) -> bool:
        return len(self.kept) < len(self.policies)


def comparison(lab: Lab, before: State, after: State) -> Comparison:
    """Flows that turned come first; flows that the lab file no longer has are left out."""
    turned = difference(before.assessment, after.assessment)
    rows = sorted(_rows(lab, before, after, turned), key=lambda row: list(Turn).index(row.turn))
    return Comparison(
        before, after, turned, tuple(rows), tuple(compare(before.policies, after.policies))
    )


def _rows(lab: Lab, before: State, after: State, turned: Difference) -> Iterator[TurnRow]:
    changes = (*turned.opened, *turned.closed, *turned.unclear)
    sentences = {change.flow: change.sentence for change in changes}
    for flow in lab.flows:
        then, now = before.answer(flow.name), after.answer(flow.name)
        way = turn(then.predicted, now.predicted)
        yield TurnRow(flow, then, now, way, sentences.get(flow.name, ""))


def choices(newest: Iterable[Snapshot], *chosen: Moment) -> list[tuple[str, str]]:
    """What can be chosen for an end: how an address names it, and how people do."""
    seen = {
        At(snapshot.first_seen): "{met} of {total} flows met".format(**snapshot.summary)
        for snapshot in newest
    }
    own = [end for end in chosen if isinstance(end, At) and end not in seen]
    return [
        *((str(end), title(end)) for end in (*Named, *own)),
        *((str(end), f"{title(end)}: {words}") for end, words in seen.items()),
    ]
