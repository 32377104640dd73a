"""Ask many students at once: their hosts beside each other, a host's URLs one after the other."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty, SimpleQueue
from ssl import SSLContext
from threading import Thread
from time import monotonic
from urllib.parse import urlsplit

from dashboard.collect.http.answers import PATH_ONLY_CAUSES, HttpResult, NoAnswer, NoAnswerCause
from dashboard.collect.http.request import RequestScope, fetch_url, load_trusted_authorities

log = logging.getLogger(__name__)

HOST_BUDGET = 45.0
"""Seconds that one host gets in a round: enough for two answers that wait for dropped DNS."""
START_SPREAD = 15.0
"""Seconds over which the first requests to a large class are spread: a burst spoils the timing."""
START_PACE = 0.04
"""Seconds between two students whose first requests are sent, at most."""
LOOK_UP_THREADS = 1000
"""Threads for look-ups, made as needed: one that hangs must not keep another waiting."""

Pages = Mapping[str, HttpResult]
"""Answers to further URLs of the same host, by what they are asked for."""
AskUrl = Callable[[str, RequestScope, SSLContext], Awaitable[tuple[HttpResult, Pages]]]


async def ask_once(url: str, scope: RequestScope, trusted: SSLContext) -> tuple[HttpResult, Pages]:
    """One GET, and nothing further."""
    return await fetch_url(url, scope, trusted), {}


@dataclass(frozen=True, slots=True)
class ProbeRequest:
    """A URL, by the name of its probe, and how to ask it."""

    method: str
    url: str
    ask: AskUrl = field(default=ask_once, repr=False)

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc.lower()


@dataclass(frozen=True, slots=True)
class ProbeAnswer:
    """What a probe's URL answered when asked `at`, and the further `pages` of its host."""

    at: datetime
    result: HttpResult
    pages: Pages = field(default_factory=dict, hash=False)


ProbeAnswers = Mapping[str, ProbeAnswer]
"""One student's answers, by the names of the probes."""
_Done = SimpleQueue[tuple[int, ProbeAnswers] | BaseException | None]


def ask_hosts(
    requests: Mapping[int, Sequence[ProbeRequest]],
    scope: RequestScope,
    now: Callable[[], datetime],
) -> Generator[dict[int, ProbeAnswers]]:
    """Yield the students' answers, by key, in batches: one each second, though it be empty.

    Closing the generator ends the requests under way. They run in a thread of their own, so the
    caller may take its time over a batch.
    """
    done: _Done = SimpleQueue()
    stop = _StopSwitch()

    def run() -> None:
        try:
            asyncio.run(stop.run_until_stopped(_ask_everybody(requests, scope, now, done)))
        except BaseException as error:
            done.put(error)
        done.put(None)

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        yield from _collect_batches(done)
    finally:
        stop.stop_now()
        thread.join(HOST_BUDGET)


def _collect_batches(done: _Done) -> Iterator[dict[int, ProbeAnswers]]:
    is_over = False
    while not is_over:
        batch: dict[int, ProbeAnswers] = {}
        until = monotonic() + 1.0
        while not is_over and (left := until - monotonic()) > 0:
            try:
                item = done.get(timeout=left)
            except Empty:
                break
            match item:
                case None:
                    is_over = True
                case BaseException():
                    raise item
                case key, answers:
                    batch[key] = answers
        yield batch


class _StopSwitch:
    """Ends work that another thread's event loop runs."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    async def run_until_stopped(self, work: Coroutine[object, object, None]) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.ensure_future(work)
        with suppress(asyncio.CancelledError):
            await self._task

    def stop_now(self) -> None:
        if self._loop and self._task and not self._task.done():
            with suppress(RuntimeError):  # it ended at this very moment
                self._loop.call_soon_threadsafe(self._task.cancel)


async def _ask_everybody(
    requests: Mapping[int, Sequence[ProbeRequest]],
    scope: RequestScope,
    now: Callable[[], datetime],
    done: _Done,
) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(LOOK_UP_THREADS))
    places = asyncio.Semaphore(scope.hosts_at_once)
    asker = _HostAsker(scope, load_trusted_authorities(), now, places)
    pace = min(START_PACE, START_SPREAD / max(len(requests), 1))

    async def ask(number: int, key: int, theirs: Sequence[ProbeRequest]) -> None:
        await asyncio.sleep(number * pace)
        done.put((key, await asker.ask_student(theirs)))

    async with asyncio.TaskGroup() as group:
        for number, (key, theirs) in enumerate(requests.items()):
            group.create_task(ask(number, key, theirs))


@dataclass(frozen=True, slots=True)
class _HostAsker:
    scope: RequestScope
    trusted: SSLContext
    now: Callable[[], datetime]
    places: asyncio.Semaphore

    async def ask_student(self, requests: Sequence[ProbeRequest]) -> ProbeAnswers:
        hosts: dict[str, list[ProbeRequest]] = {}
        for request in requests:
            hosts.setdefault(request.host, []).append(request)
        answers: dict[str, ProbeAnswer] = {}
        await asyncio.gather(*(self._ask_host(each, answers) for each in hosts.values()))
        return answers

    async def _ask_host(
        self, requests: Sequence[ProbeRequest], answers: dict[str, ProbeAnswer]
    ) -> None:
        """A URL that the budget leaves no time for gets an answer that says so."""
        async with self.places:
            try:
                async with asyncio.timeout(HOST_BUDGET):
                    await self._ask_in_turn(requests, answers)
            except TimeoutError:
                for request in requests:
                    out_of_time = ProbeAnswer(self.now(), NoAnswer(NoAnswerCause.OUT_OF_TIME))
                    answers.setdefault(request.method, out_of_time)

    async def _ask_in_turn(
        self, requests: Sequence[ProbeRequest], answers: dict[str, ProbeAnswer]
    ) -> None:
        """A host that fails as a whole is not asked again: its other URLs would hang as long."""
        down: NoAnswer | None = None
        for request in requests:
            at = self.now()
            result, pages = (down, {}) if down else await self._ask_url(request)
            answers[request.method] = ProbeAnswer(at, result, pages)
            if isinstance(result, NoAnswer) and result.cause not in PATH_ONLY_CAUSES:
                down = result

    async def _ask_url(self, request: ProbeRequest) -> tuple[HttpResult, Pages]:
        """An error that nobody foresaw costs this one answer, not everybody's."""
        try:
            return await request.ask(request.url, self.scope, self.trusted)
        except Exception:
            log.exception("asking %s failed", request.host)
            return NoAnswer(NoAnswerCause.BROKEN), {}
