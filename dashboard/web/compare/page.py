"""What the form of the comparison offers, and what its two ends are called. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from dashboard.assess.comparison import Comparison
from dashboard.models import Draft, Namespace, Run, RunOrigin, Snapshot
from dashboard.times.moment import (
    DraftMoment,
    Moment,
    NamedMoment,
    NamespaceMoment,
    TimeMoment,
    format_moment,
)
from netpol.lab import Lab


@dataclass(frozen=True, slots=True)
class EndChoices:
    """What can be chosen for an end, in groups: how an address names it, and how people do."""

    named: tuple[tuple[str, str], ...]
    runs: tuple[tuple[str, str], ...]
    drafts: tuple[tuple[str, str], ...]
    states: tuple[tuple[str, str], ...]

    @property
    def groups(self) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
        groups = (("", self.named), ("Runs", self.runs), ("Drafts", self.drafts))
        return [
            group
            for group in (*groups, ("Changes of this namespace, newest first", self.states))
            if group[1]
        ]


def build_choices(
    newest: Iterable[Snapshot],
    drafts: Iterable[Draft],
    ran: Mapping[TimeMoment, str],
    *chosen: Moment,
) -> EndChoices:
    """A time that is chosen and is none of a state or a run is listed as itself."""
    kept = {DraftMoment(draft.id): format_draft_title(draft) for draft in drafts}
    seen = {
        TimeMoment(snapshot.first_seen): "{met} of {total} flows met".format(**snapshot.summary)
        for snapshot in newest
    }
    listed = {str(end) for end in (*NamedMoment, *ran, *seen, *kept)}
    own = dict.fromkeys(end for end in chosen if str(end) not in listed)
    return EndChoices(
        tuple((str(end), format_moment(end)) for end in (*NamedMoment, *own)),
        tuple((str(end), words) for end, words in ran.items()),
        tuple((str(end), words) for end, words in kept.items()),
        tuple(
            (str(end), f"{format_moment(end)}: {words}")
            for end, words in seen.items()
            if end not in ran
        ),
    )


def format_draft_title(draft: Draft) -> str:
    return f"D{str(draft)[1:]}"


def describe_basis(
    end: Moment, name: str, at: TimeMoment | None, *, draft: Draft | None = None
) -> str:
    """What an end that is only evaluated was worked out on: the namespace of this name at a time,
    by default now.
    """
    there = f"that were there at {format_moment(at)}" if at else "that are there now"
    if draft:
        how = "in place of" if draft.replaces else "added to"
        pods = "of then" if at else "of now"
        return f"{how} the policies {there}, and evaluated with the pods {pods}"
    whose = "" if isinstance(end, NamespaceMoment) else f" of {name}"
    return f"evaluated with the pods{whose} {there}"


def name_run_times(
    runs: Iterable[Run], now: datetime, *, shows_names: bool
) -> dict[TimeMoment, str]:
    """A run's name is what an instructor wrote for instructors; without it the times are told."""
    return dict(_list_times(((run, _name_run(run, shows_names=shows_names)) for run in runs), now))


def _name_run(run: Run, *, shows_names: bool) -> str:
    if shows_names:
        return run.name
    return "Lab session" if run.origin == RunOrigin.SESSION else "Run of the class"


def _list_times(runs: Iterable[tuple[Run, str]], now: datetime) -> Iterator[tuple[TimeMoment, str]]:
    """A run that lasted has a beginning and an end, unless it goes on."""
    for run, name in runs:
        began = TimeMoment(run.began_at)
        if run.ended_at == run.began_at:
            yield began, f"{name}: {format_moment(began)}"
            continue
        yield began, f"{name}, beginning: {format_moment(began)}"
        if run.ended_at and run.ended_at <= now:
            yield (
                TimeMoment(run.ended_at),
                f"{name}, end: {format_moment(TimeMoment(run.ended_at))}",
            )


@dataclass(frozen=True, slots=True)
class EndField:
    """One side of the form: whose state, empty for the namespace's own, and which; `typed` is what
    stands in the field for any other time.
    """

    key: str
    label: str
    chosen: str
    whose: str
    typed: str = ""


def build_field(key: str, label: str, moment: Moment) -> EndField:
    match moment:
        case NamespaceMoment(namespace, when):
            return EndField(key, label, str(when), namespace)
    return EndField(key, label, str(moment), "")


@dataclass(frozen=True, slots=True)
class ComparisonCharts:
    """`matrices` have a key and a title each; `counts` are of each source, before and after."""

    matrices: Sequence[tuple[str, str, dict[str, Any]]]
    by_source: dict[str, Any]
    counts: Sequence[tuple[str, int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePage:
    """`missing` is the namespace of which nothing was recorded by then; `earliest` is what was
    recorded first. `beside` are other namespaces that the ends name; `stale` are the names of
    those that were not read lately.
    """

    template: ClassVar[str] = "compare/page.html"
    lab: Lab
    namespace: Namespace
    fields: tuple[EndField, EndField]
    choices: EndChoices
    others: Sequence[str] | None
    invalid: str = ""
    swapped_address: str = ""
    beside: Sequence[Namespace] = ()
    stale: Sequence[str] = ()
    hides_policies: bool = False
    missing: str = ""
    earliest: Snapshot | None = None
    is_outdated: bool = False
    comparison: Comparison | None = None
    charts: ComparisonCharts | None = None
