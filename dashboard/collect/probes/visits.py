"""Visit many students at once: each of their hosts by itself, its URLs one after the other."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue
from ssl import SSLContext
from threading import Thread
from time import monotonic
from urllib.parse import urlsplit

from dashboard.collect.probes import kuma
from dashboard.collect.probes.answers import PATH_ONLY, Cause, Failure, Result
from dashboard.collect.probes.get import Reach, get, trusted_authorities
from dashboard.collect.probes.kuma import Access, KumaAnswer

log = logging.getLogger(__name__)

BUDGET = 45.0
"""Seconds that one host gets in a visit: enough for two answers that wait for dropped DNS."""
SPREAD = 15.0
"""Seconds over which the visits of a large class begin: a burst would spoil the timing."""
PACE = 0.04
"""Seconds between two visits that begin, at most."""
LOOK_UPS = 1000
"""Threads for look-ups, made as they are needed: one that hangs must not keep another waiting."""


@dataclass(frozen=True, slots=True)
class Question:
    """A URL, by the name of its probe. With an `access` it is an Uptime Kuma's root."""

    method: str
    url: str
    access: Access | None = None

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc.lower()


@dataclass(frozen=True, slots=True)
class Look:
    """What came of one question, and when it was asked."""

    at: datetime
    answer: Result | KumaAnswer


Visit = Mapping[str, Look]
"""What one student's URLs gave, by the names of the probes."""


def visits(
    asked: Mapping[int, Sequence[Question]], reach: Reach, now: Callable[[], datetime]
) -> Generator[dict[int, Visit]]:
    """The visits in batches as they come to an end: one each second, were it empty.

    Whoever takes no more of them ends those that are under way.

    They go on in a thread of their own, so that whoever takes a batch may take their time over it.
    """
    done: SimpleQueue[tuple[int, Visit] | BaseException | None] = SimpleQueue()

    stop = _Stop()

    def run() -> None:
        try:
            asyncio.run(stop.guarding(_visit_all(asked, reach, now, done)))
        except BaseException as error:
            done.put(error)
        done.put(None)

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        yield from _batches(done)
    finally:
        stop.now()
        thread.join(BUDGET)


def _batches(
    done: "SimpleQueue[tuple[int, Visit] | BaseException | None]",
) -> Iterator[dict[int, Visit]]:
    over = False
    while not over:
        batch: dict[int, Visit] = {}
        until = monotonic() + 1.0
        while not over and (left := until - monotonic()) > 0:
            try:
                item = done.get(timeout=left)
            except Empty:
                break
            match item:
                case None:
                    over = True
                case BaseException():
                    raise item
                case key, visit:
                    batch[key] = visit
        yield batch


class _Stop:
    """Ends work that goes on in another thread."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    async def guarding(self, work: Coroutine[object, object, None]) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.ensure_future(work)
        with suppress(asyncio.CancelledError):
            await self._task

    def now(self) -> None:
        if self._loop and self._task and not self._task.done():
            with suppress(RuntimeError):  # it ended at this very moment
                self._loop.call_soon_threadsafe(self._task.cancel)


async def _visit_all(
    asked: Mapping[int, Sequence[Question]],
    reach: Reach,
    now: Callable[[], datetime],
    done: "SimpleQueue[tuple[int, Visit] | BaseException | None]",
) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(LOOK_UPS))
    visitor = _Visitor(reach, trusted_authorities(), now, asyncio.Semaphore(reach.at_once))
    pace = min(PACE, SPREAD / max(len(asked), 1))

    async def visit(number: int, key: int, questions: Sequence[Question]) -> None:
        await asyncio.sleep(number * pace)
        done.put((key, await visitor.visit(questions)))

    async with asyncio.TaskGroup() as group:
        for number, (key, questions) in enumerate(asked.items()):
            group.create_task(visit(number, key, questions))


@dataclass(frozen=True, slots=True)
class _Visitor:
    reach: Reach
    trusted: SSLContext
    now: Callable[[], datetime]
    places: asyncio.Semaphore

    async def visit(self, questions: Sequence[Question]) -> Visit:
        hosts: dict[str, list[Question]] = {}
        for question in questions:
            hosts.setdefault(question.host, []).append(question)
        looks: dict[str, Look] = {}
        await asyncio.gather(*(self._host(each, looks) for each in hosts.values()))
        return looks

    async def _host(self, questions: Sequence[Question], looks: dict[str, Look]) -> None:
        """What there was no time for is told as that."""
        async with self.places:
            try:
                async with asyncio.timeout(BUDGET):
                    await self._in_turn(questions, looks)
            except TimeoutError:
                for question in questions:
                    out_of_time = Look(self.now(), Failure(Cause.OUT_OF_TIME))
                    looks.setdefault(question.method, out_of_time)

    async def _in_turn(self, questions: Sequence[Question], looks: dict[str, Look]) -> None:
        """A host that fails as a whole is not asked again: its other URLs would hang as long."""
        down: Failure | None = None
        for question in questions:
            at = self.now()
            answer = down or await self._ask(question)
            looks[question.method] = Look(at, answer)
            if isinstance(answer, Failure) and answer.cause not in PATH_ONLY:
                down = answer

    async def _ask(self, question: Question) -> Result | KumaAnswer:
        """What nobody thought of costs this one answer, not everybody's."""
        try:
            if question.access is None:
                return await get(question.url, self.reach, self.trusted)
            return await kuma.ask(question.url, question.access, self.reach, self.trusted)
        except Exception:
            log.exception("asking %s failed", question.host)
            return Failure(Cause.BROKEN)
