"""How a student's app fares: it never fails, it slows down, and its probes wait one second.

/health answers 200 whatever happens, but waits for a name look-up or for Redis. So a policy that
cuts either off makes the app unready after three failed probes and restarts it soon after, over
and over, though policies never stop the kubelet itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise

from demo.classroom.open_flows import find_open_flows
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
class HealthSpell:
    """A time during which the app was well, or was not."""

    well: bool
    begin: datetime
    end: datetime


ALWAYS = datetime.min.replace(tzinfo=UTC)


def list_app_states(spells: Iterable[HealthSpell]) -> tuple[AppState, ...]:
    """From the beginning of time; without spells nothing ever happens to the app."""
    states = [AppState(ALWAYS, ready=True, restarts=0)]
    for spell in spells:
        states += _states_during(spell, states[-1])
    return tuple(states)


def find_spells(revisions: Timeline, ends: datetime, plugin: Profile) -> Iterator[HealthSpell]:
    """The app is well while its own connections are open."""
    begins = [
        (well, next(group).since)
        for well, group in groupby(revisions, lambda each: _is_well(each.manifest_keys, plugin))
    ]
    for (well, begin), (_, end) in pairwise([*begins, (True, ends)]):
        yield HealthSpell(well, begin, end)


def crash_spells(since: datetime, ends: datetime) -> Iterator[HealthSpell]:
    """The app is well until it begins to crash, and never again."""
    yield HealthSpell(well=True, begin=ALWAYS, end=since)
    yield HealthSpell(well=False, begin=since, end=ends)


def _is_well(applied: frozenset[str], plugin: Profile) -> bool:
    return (
        find_open_flows(applied, plugin).app_to_dns
        and find_open_flows(applied, plugin).app_to_redis
    )


def _states_during(spell: HealthSpell, before: AppState) -> Iterator[AppState]:
    if spell.well:
        if not before.ready and spell.begin + READY_AFTER < spell.end:
            yield AppState(spell.begin + READY_AFTER, ready=True, restarts=before.restarts)
        return
    if spell.begin + UNREADY_AFTER < spell.end:
        yield AppState(spell.begin + UNREADY_AFTER, ready=False, restarts=before.restarts)
    for count, moment in enumerate(_restart_times(spell), before.restarts + 1):
        yield AppState(moment, ready=False, restarts=count)


def _restart_times(spell: HealthSpell) -> Iterator[datetime]:
    """Each waits for three failed probes and then for a back-off that doubles."""
    moment = spell.begin + FIRST_RESTART_AFTER
    back_off = timedelta(seconds=10)
    while moment < spell.end:
        yield moment
        moment += FIRST_RESTART_AFTER + back_off
        back_off = min(2 * back_off, LONGEST_BACK_OFF)
