"""What the form of the comparison offers, and what its two ends are called. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from dashboard.models import Draft, Run, RunOrigin, Snapshot
from dashboard.times.moment import (
    DraftMoment,
    Moment,
    NamedMoment,
    NamespaceMoment,
    TimeMoment,
    format_moment,
)


@dataclass(frozen=True, slots=True)
class Choices:
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


def choices(
    newest: Iterable[Snapshot],
    drafts: Iterable[Draft],
    ran: Mapping[TimeMoment, str],
    *chosen: Moment,
) -> Choices:
    """A time that is chosen and is none of a state or a run is listed as itself."""
    kept = {DraftMoment(draft.id): draft_title(draft) for draft in drafts}
    seen = {
        TimeMoment(snapshot.first_seen): "{met} of {total} flows met".format(**snapshot.summary)
        for snapshot in newest
    }
    listed = {str(end) for end in (*NamedMoment, *ran, *seen, *kept)}
    own = dict.fromkeys(end for end in chosen if str(end) not in listed)
    return Choices(
        tuple((str(end), format_moment(end)) for end in (*NamedMoment, *own)),
        tuple((str(end), words) for end, words in ran.items()),
        tuple((str(end), words) for end, words in kept.items()),
        tuple(
            (str(end), f"{format_moment(end)}: {words}")
            for end, words in seen.items()
            if end not in ran
        ),
    )


def draft_title(draft: Draft) -> str:
    return f"D{str(draft)[1:]}"


def basis(end: Moment, name: str, at: TimeMoment | None, *, draft: Draft | None = None) -> str:
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


def run_times(runs: Iterable[Run], now: datetime, *, named: bool) -> dict[TimeMoment, str]:
    """A run's name is what an instructor wrote for instructors; without it the times are told."""
    return dict(_times(((run, _name(run, named=named)) for run in runs), now))


def _name(run: Run, *, named: bool) -> str:
    if named:
        return run.name
    return "Lab session" if run.origin == RunOrigin.SESSION else "Run of the class"


def _times(runs: Iterable[tuple[Run, str]], now: datetime) -> Iterator[tuple[TimeMoment, str]]:
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
class End:
    """One side of the form: whose state, empty for the namespace's own, and which; `typed` is what
    stands in the field for any other time.
    """

    key: str
    label: str
    chosen: str
    whose: str
    typed: str = ""


def end(key: str, label: str, moment: Moment) -> End:
    match moment:
        case NamespaceMoment(namespace, when):
            return End(key, label, str(when), namespace)
    return End(key, label, str(moment), "")
