"""What an Uptime Kuma says: that it answers, and of its monitors. Pure.

All of it is a student's to write. Times are UTC without a zone, beats come oldest first, and the
documents of versions 1 and 2 differ only in what is not read here.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median

from pydantic import BaseModel, ValidationError

from dashboard.collect.probes.answers import Answer, Failure, Result
from dashboard.collect.probes.kuma import KumaAnswer
from dashboard.collect.probing.gateway import Finding, gateway_words, no_answer, reached, unknown
from dashboard.collect.probing.metrics import statuses
from dashboard.models import MonitorStatus, ObservedOutcome, Sign

MOST_MONITORS = 100
LONGEST_NAME = 150
INTERVALS = timedelta(seconds=20), timedelta(seconds=60), timedelta(minutes=10)
"""Between two beats: the least, the usual and the most that is believed."""
OLDEST = timedelta(days=365)
CACHE = timedelta(seconds=60)
"""For so long Uptime Kuma keeps an answer about its beats."""
STATUSES = (
    MonitorStatus.DOWN,
    MonitorStatus.UP,
    MonitorStatus.PENDING,
    MonitorStatus.MAINTENANCE,
)


@dataclass(frozen=True, slots=True)
class Beat:
    """A monitor and the newest that it says; `url` is known only to whoever has a key."""

    name: str
    status: MonitorStatus
    at: datetime | None = None
    interval: timedelta = INTERVALS[1]
    url: str = ""

    def is_stale(self, now: datetime) -> bool:
        return self.at is None or now - self.at > 3 * self.interval + CACHE


@dataclass(frozen=True, slots=True)
class Said:
    """The monitors, or why there are none and what to do about it."""

    beats: tuple[Beat, ...] = ()
    problem: str = ""


class _Monitor(BaseModel):
    id: int
    name: str


class _Group(BaseModel):
    monitorList: list[_Monitor]  # noqa: N815  theirs


class _Page(BaseModel):
    publicGroupList: list[_Group]  # noqa: N815  theirs


class _OneBeat(BaseModel):
    status: int
    time: str


class _Beats(BaseModel):
    heartbeatList: dict[str, list[_OneBeat]]  # noqa: N815  theirs


def entry(result: Result) -> Finding:
    """Whether the gateway reaches it: its own words prove that it does."""
    if isinstance(result, Failure):
        return no_answer(result)
    if said := gateway_words(result, "Uptime Kuma"):
        return said
    match _json(result):
        case {"type": "entryPage" | "statusPageMatchedDomain"} if result.status == 200:
            return reached(Sign.ANSWERED, "Uptime Kuma answered")
    reason = f"answered {result.status}, but not in Uptime Kuma's words"
    return unknown(Sign.NOT_ITS_WORDS, reason)


def said(answer: KumaAnswer, now: datetime) -> Said:
    """All its monitors. What a key tells has no time of its own: the page's beats have."""
    public = _public(answer, now)
    told = {beat.name: beat for beat in _metrics(answer.metrics, now)}
    if not told:
        return public
    beats = [_joined(beat, told.pop(beat.name, None)) for beat in public.beats]
    return Said((*beats, *told.values())[:MOST_MONITORS])


def _joined(beat: Beat, told: Beat | None) -> Beat:
    return beat if told is None else replace(told, at=beat.at, interval=beat.interval)


def _public(answer: KumaAnswer, now: datetime) -> Said:
    if entry(answer.entry).outcome is not ObservedOutcome.REACHED:
        return Said(problem="it was not reached, so nothing is known of its monitors")
    match answer:
        case KumaAnswer(page=None):
            return Said(
                problem="no status page is its entry page: publish one, and choose it as such"
            )
        case KumaAnswer(page=Failure() | Answer() as page) if not _is_ok(page):
            return Said(problem="it does not show the status page: is it published?")
        case KumaAnswer(page=Answer() as page, beats=Answer() as beats):
            return _monitors(page, beats, now)
    return Said(problem="its status page answers, but not its beats")


def _is_ok(result: Result) -> bool:
    return isinstance(result, Answer) and result.status == 200


def _monitors(page: Answer, beats: Answer, now: datetime) -> Said:
    try:
        groups = _Page.model_validate_json(page.body).publicGroupList
        lists = _Beats.model_validate_json(beats.body).heartbeatList
    except ValidationError:
        return Said(problem="its status page does not say what Uptime Kuma's say")
    monitors = [monitor for group in groups for monitor in group.monitorList][:MOST_MONITORS]
    if not monitors:
        return Said(problem="its status page shows no monitor: add the monitors to it")
    newest = {
        monitor.name: _beat(monitor, lists.get(str(monitor.id), []), now) for monitor in monitors
    }
    return Said(tuple(newest.values()))


def _beat(monitor: _Monitor, beats: Sequence[_OneBeat], now: datetime) -> Beat:
    name = _plain(monitor.name)
    if not beats or (at := _time(beats[-1].time, now)) is None:
        return Beat(name, MonitorStatus.NO_BEAT)
    return Beat(name, _status(beats[-1].status), at, _interval(beats, now))


def _plain(name: str) -> str:
    """No database takes every character, and no terminal should obey one."""
    printable = "".join(letter if letter.isprintable() else " " for letter in name[:LONGEST_NAME])
    return printable.strip() or "(no name)"


def _status(number: int) -> MonitorStatus:
    return STATUSES[number] if 0 <= number < len(STATUSES) else MonitorStatus.NO_BEAT


def _time(text: str, now: datetime) -> datetime | None:
    """Nothing for what is no time, lies in the future or before anybody's lab."""
    try:
        read = datetime.fromisoformat(text)
        read = (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return read if now - OLDEST <= read <= now + CACHE else None


def _interval(beats: Sequence[_OneBeat], now: datetime) -> timedelta:
    times = [time for beat in beats[-10:] if (time := _time(beat.time, now))]
    gaps = [(after - before).total_seconds() for before, after in pairwise(times)]
    least, usual, most = INTERVALS
    return min(max(timedelta(seconds=median(gaps)), least), most) if gaps else usual


def _metrics(result: Result | None, now: datetime) -> Iterator[Beat]:
    """Of all that Uptime Kuma measures only `monitor_status`, which holds at this moment."""
    if not (isinstance(result, Answer) and result.status == 200):
        return
    for sample in statuses(result.body, MOST_MONITORS):
        labels: Mapping[str, str] = sample.labels
        url = labels.get("monitor_url", "")
        status = (
            _status(int(sample.value)) if sample.value in (0, 1, 2, 3) else MonitorStatus.NO_BEAT
        )
        yield Beat(
            _plain(labels.get("monitor_name", "")),
            status,
            now - INTERVALS[1],
            url="" if url == "null" else url,
        )


def _json(answer: Answer) -> object:
    try:
        return json.loads(answer.body.decode())
    except (ValueError, RecursionError):
        return None
