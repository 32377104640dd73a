"""How a student's app fares: it never fails, it slows down, and its probes wait one second.

/health answers 200 whatever happens, but waits for a name look-up or for Redis. So a policy that
cuts either off makes the app unready after three failed probes and restarts it soon after, over
and over, though policies never stop the kubelet itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise

from demo.classroom.reach import reach
from demo.classroom.timeline import Timeline
from netpol.model import Profile

UNREADY_AFTER = timedelta(seconds=30)
READY_AFTER = timedelta(seconds=10)
FIRST_RESTART_AFTER = timedelta(seconds=90)
LONGEST_BACK_OFF = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class AppState:
    """What the app's pods report from `since` on."""

    since: datetime
    ready: bool
    restarts: int


@dataclass(frozen=True, slots=True)
class Spell:
    """A time during which the app was well, or was not."""

    well: bool
    begin: datetime
    end: datetime


ALWAYS = datetime.min.replace(tzinfo=UTC)


def app_states(spells: Iterable[Spell]) -> tuple[AppState, ...]:
    """From the beginning of time; without spells nothing ever happens to the app."""
    states = [AppState(ALWAYS, ready=True, restarts=0)]
    for spell in spells:
        states += _during(spell, states[-1])
    return tuple(states)


def cut_off(revisions: Timeline, ends: datetime, plugin: Profile) -> Iterator[Spell]:
    """The app is well while its own connections are open."""
    begins = [
        (well, next(group).since)
        for well, group in groupby(revisions, lambda each: _is_well(each.manifests, plugin))
    ]
    for (well, begin), (_, end) in pairwise([*begins, (True, ends)]):
        yield Spell(well, begin, end)


def crashing(since: datetime, ends: datetime) -> Iterator[Spell]:
    """The app is well until it begins to crash, and never again."""
    yield Spell(well=True, begin=ALWAYS, end=since)
    yield Spell(well=False, begin=since, end=ends)


def _is_well(applied: frozenset[str], plugin: Profile) -> bool:
    return reach(applied, plugin).app_to_dns and reach(applied, plugin).app_to_redis


def _during(spell: Spell, before: AppState) -> Iterator[AppState]:
    if spell.well:
        if not before.ready and spell.begin + READY_AFTER < spell.end:
            yield AppState(spell.begin + READY_AFTER, ready=True, restarts=before.restarts)
        return
    if spell.begin + UNREADY_AFTER < spell.end:
        yield AppState(spell.begin + UNREADY_AFTER, ready=False, restarts=before.restarts)
    for count, moment in enumerate(_restarts(spell), before.restarts + 1):
        yield AppState(moment, ready=False, restarts=count)


def _restarts(spell: Spell) -> Iterator[datetime]:
    """Each waits for three failed probes and then for a back-off that doubles."""
    moment = spell.begin + FIRST_RESTART_AFTER
    back_off = timedelta(seconds=10)
    while moment < spell.end:
        yield moment
        moment += FIRST_RESTART_AFTER + back_off
        back_off = min(2 * back_off, LONGEST_BACK_OFF)
