"""What an Uptime Kuma's pages say: that it answers, and its monitors. Pure.

A student writes all of it. Times are UTC without a zone, beats come oldest first, and the
documents of versions 1 and 2 differ only in what is not read here.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from statistics import median

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from pydantic import BaseModel, ValidationError

from dashboard.collect.http.answers import HttpAnswer, HttpResult, NoAnswer
from dashboard.collect.http.hosts import ProbeAnswer
from dashboard.collect.methods.gateway import judge_gateway_error, judge_no_answer
from dashboard.collect.methods.probe_result import REACHED, UNKNOWN, ProbeResult
from dashboard.collect.methods.uptime_kuma.requests import BEATS, METRICS, STATUS_PAGE
from dashboard.models import MonitorStatus, ProbeSign

MOST_MONITORS = 100
LONGEST_NAME = 150
LONGEST_LINE = 2048
"""Characters of a line of metrics: the parser looks at each of them several times."""
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
class KumaMonitor:
    """A monitor with its newest beat; only whoever has an API key learns its `url`.

    `watches` is the lab's probe that asks the same URL, empty if none is known to, and `is_up`
    whether that URL was up from outside at the time of the beat, if anybody looked.
    """

    name: str
    status: MonitorStatus
    at: datetime | None = None
    interval: timedelta = INTERVALS[1]
    url: str = ""
    watches: str = ""
    is_up: bool | None = None

    def is_stale(self, now: datetime) -> bool:
        return self.at is None or now - self.at > 3 * self.interval + CACHE


@dataclass(frozen=True, slots=True)
class MonitorList:
    """The monitors, or the problem: why there are none and what to do about it."""

    monitors: tuple[KumaMonitor, ...] = ()
    problem: str = ""


class _Monitor(BaseModel):
    id: int
    name: str


class _Group(BaseModel):
    monitorList: list[_Monitor]  # noqa: N815  theirs


class _StatusPage(BaseModel):
    publicGroupList: list[_Group]  # noqa: N815  theirs


class _Beat(BaseModel):
    status: int
    time: str


class _BeatLists(BaseModel):
    heartbeatList: dict[str, list[_Beat]]  # noqa: N815  theirs


def judge_entry_page(result: HttpResult) -> ProbeResult:
    """Whether the gateway reaches it: Uptime Kuma's own words prove that it does."""
    if isinstance(result, NoAnswer):
        return judge_no_answer(result)
    if error := judge_gateway_error(result, "Uptime Kuma"):
        return error
    with suppress(ValueError, RecursionError):
        match json.loads(result.body.decode()):
            case {"type": "entryPage" | "statusPageMatchedDomain"} if result.status == 200:
                return ProbeResult(REACHED, ProbeSign.ANSWERED, "Uptime Kuma answered")
    reason = f"answered {result.status}, but not in Uptime Kuma's words"
    return ProbeResult(UNKNOWN, ProbeSign.NOT_ITS_WORDS, reason)


def parse_monitors(answer: ProbeAnswer, now: datetime) -> MonitorList:
    """All its monitors. Metrics have no time of their own, the status page's beats have one."""
    public = _parse_status_page(answer, now)
    measured = {monitor.name: monitor for monitor in _parse_metrics(answer.pages.get(METRICS), now)}
    if not measured:
        return public
    known = [
        replace(found, at=monitor.at, interval=monitor.interval)
        if (found := measured.pop(monitor.name, None))
        else monitor
        for monitor in public.monitors
    ]
    return MonitorList((*known, *measured.values())[:MOST_MONITORS])


def _parse_status_page(answer: ProbeAnswer, now: datetime) -> MonitorList:
    page, beats = answer.pages.get(STATUS_PAGE), answer.pages.get(BEATS)
    if judge_entry_page(answer.result).outcome is not REACHED:
        problem = "it was not reached, so nothing is known of its monitors"
    elif page is None:
        problem = "no status page is its entry page: publish one, and choose it as such"
    elif not (isinstance(page, HttpAnswer) and page.status == 200):
        problem = "it does not show the status page: is it published?"
    elif not isinstance(beats, HttpAnswer):
        problem = "its status page answers, but not its beats"
    else:
        return _parse_documents(page, beats, now)
    return MonitorList(problem=problem)


def _parse_documents(page: HttpAnswer, beats: HttpAnswer, now: datetime) -> MonitorList:
    try:
        groups = _StatusPage.model_validate_json(page.body).publicGroupList
        lists = _BeatLists.model_validate_json(beats.body).heartbeatList
    except ValidationError:
        return MonitorList(problem="its status page does not say what Uptime Kuma's say")
    monitors = [monitor for group in groups for monitor in group.monitorList][:MOST_MONITORS]
    if not monitors:
        return MonitorList(problem="its status page shows no monitor: add the monitors to it")
    parsed = (_parse_monitor(each, lists.get(str(each.id), []), now) for each in monitors)
    return MonitorList(tuple({monitor.name: monitor for monitor in parsed}.values()))


def _parse_monitor(monitor: _Monitor, beats: Sequence[_Beat], now: datetime) -> KumaMonitor:
    name = _clean_name(monitor.name)
    if not beats or (at := _parse_time(beats[-1].time, now)) is None:
        return KumaMonitor(name, MonitorStatus.NO_BEAT)
    return KumaMonitor(name, _parse_status(beats[-1].status), at, _estimate_interval(beats, now))


def _clean_name(name: str) -> str:
    """No database takes every character, and no terminal should obey one."""
    printable = "".join(letter if letter.isprintable() else " " for letter in name[:LONGEST_NAME])
    return printable.strip() or "(no name)"


def _parse_status(number: float) -> MonitorStatus:
    return STATUSES[int(number)] if number in range(len(STATUSES)) else MonitorStatus.NO_BEAT


def _parse_time(text: str, now: datetime) -> datetime | None:
    """`None` for what is no time, lies in the future or before anybody's lab."""
    try:
        time = datetime.fromisoformat(text)
        time = (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return time if now - OLDEST <= time <= now + CACHE else None


def _estimate_interval(beats: Sequence[_Beat], now: datetime) -> timedelta:
    times = [time for beat in beats[-10:] if (time := _parse_time(beat.time, now))]
    gaps = [(after - before).total_seconds() for before, after in pairwise(times)]
    least, usual, most = INTERVALS
    return min(max(timedelta(seconds=median(gaps)), least), most) if gaps else usual


def _parse_metrics(result: HttpResult | None, now: datetime) -> Iterator[KumaMonitor]:
    """Of all that Uptime Kuma measures only `monitor_status`, which holds at this moment."""
    if not (isinstance(result, HttpAnswer) and result.status == 200):
        return
    for sample in parse_status_samples(result.body):
        labels: Mapping[str, str] = sample.labels
        url = labels.get("monitor_url", "")
        yield KumaMonitor(
            _clean_name(labels.get("monitor_name", "")),
            _parse_status(sample.value),
            now - INTERVALS[1],
            url="" if url == "null" else url,
        )


def parse_status_samples(body: bytes) -> Iterator[Sample]:
    """Of the first lines about monitors; one that is too long or malformed costs only itself."""
    lines = body.decode(errors="replace").split("\n")
    about_monitors = (line for line in lines if line.startswith("monitor_status{"))
    for line in islice(about_monitors, MOST_MONITORS):
        if len(line) <= LONGEST_LINE:
            # The parser raises an IndexError, too, for some lines that are none.
            with suppress(ValueError, IndexError):
                for family in text_string_to_metric_families(line):
                    yield from family.samples
