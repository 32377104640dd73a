"""Who listens in this process: one connection to Redis, read once for all pages that are open."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from django.conf import settings
from redis import RedisError, ResponseError
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from dashboard.live.news import FIELD, STREAM, NewsEntry, decode_entry, encode_message

log = logging.getLogger(__name__)

PATIENCE = 1.0
"""Seconds for Redis to connect; after a failure it is left alone for as long again."""
BLOCK = 5.0
"""Seconds that Redis waits for something new before it says that there is nothing."""
SILENT = 15.0
"""Seconds after which it is gone: more than `BLOCK` by what a busy process may oversleep."""
MOST_MISSED = 100
"""Entries; who missed more looks at everything."""
MOST_WAITING = 200
"""Messages for one page: a reader who is further behind is cut off, and comes back."""
MOST_OPEN = 20
"""Pages of one student in this process: whoever has more in view has them ask instead."""
REDRAW = 0.05
"""Seconds that drawing a page anew costs this process, about."""
BEGINNING = "0-0"


PageMessage = tuple[str, str]
"""The id of an entry, and what it says to a page."""


class HubUnavailableError(Exception):
    """Redis does not answer just now."""


class TooManyPagesError(Exception):
    """Its reader has as many pages open as one may."""


class OpenPage:
    """A `reader`'s open page. It watches the namespaces with these keys, or all by `None`.

    Whoever comes back with the id `after` is told what this page would have been told next.
    """

    def __init__(self, reader: int | None, watches: frozenset[int] | None, after: str) -> None:
        self.reader = reader
        self.watches = watches
        self.after = after
        self._messages: deque[PageMessage] = deque()
        self._wake_up = asyncio.Event()
        self._ended = False

    async def next_message(self, seconds: float) -> str | None:
        """What there is to say, nothing where nothing came in time, `None` at the end."""
        if not self._messages and not self._ended:
            self._wake_up.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._wake_up.wait()
        if self._ended:
            return None
        if not self._messages:
            return ""
        self.after, said = self._messages.popleft()
        return said

    def queue_message(self, told: PageMessage) -> None:
        if len(self._messages) == MOST_WAITING:
            self.end_stream()
        else:
            self._messages.append(told)
            self._wake_up.set()

    def skip_entry(self, entry: NewsEntry) -> None:
        """Nothing of it is this page's business."""
        if not self._messages:
            self.after = entry.id

    def catch_up(self, after: str, missed: Iterable[NewsEntry], within: float) -> None:
        """Comes before all that was told since the page was opened."""
        mine = [
            (entry.id, encode_message(entry, self.watches, within))
            for entry in missed
            if entry.concerns_any(self.watches)
        ]
        if mine:
            self.after = after
            self._messages.extendleft(reversed(mine))

    def end_stream(self) -> None:
        """What still waits is told to whoever comes back."""
        self._ended = True
        self._wake_up.set()


class NewsHub:
    """Where it cannot go on without a gap, it ends every page: they come back and are told all."""

    def __init__(self) -> None:
        self._pages: WeakSet[OpenPage] = WeakSet()
        self._reader: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._redis = _connect_redis()
        self._last = BEGINNING
        self._away_until = 0.0

    async def newest_position(self) -> str:
        """The newest entry: who opens a page after it misses nothing from now on.

        Raises `UnavailableError`.
        """
        async with self._starting:
            if self._reader is None or self._reader.done():
                await self._start_reader()
        return self._last

    async def open_page(
        self, reader: int | None, watches: frozenset[int] | None, after: str
    ) -> OpenPage:
        """A page that is told of everything since that entry. `reader` is the key of a student,
        `None` for an instructor, who may have any number open.

        Raises `UnavailableError`, and `TooManyError` rather than end another of theirs: that one
        would come back, and end the next.
        """
        page = OpenPage(reader, watches, await self.newest_position())
        theirs = 0 if reader is None else sum(each.reader == reader for each in self._pages)
        if theirs >= MOST_OPEN:
            raise TooManyPagesError
        self._pages.add(page)
        try:
            missed = await self._read_missed(after, page.after)
        except (RedisError, OSError) as error:
            raise HubUnavailableError from error
        page.catch_up(after, missed, REDRAW * len(self._pages))
        return page

    def close_page(self, page: OpenPage) -> None:
        self._pages.discard(page)

    def end_streams(self) -> None:
        """End every page and stop reading: the process is about to exit."""
        self._end_pages()
        if self._reader:
            self._reader.cancel()

    async def disconnect(self) -> None:
        """End every page and close the connections to Redis."""
        self.end_streams()
        if self._reader:
            await asyncio.wait([self._reader])
        await self._redis.aclose()

    async def _start_reader(self) -> None:
        if monotonic() < self._away_until:
            raise HubUnavailableError
        try:
            newest: Any = await self._redis.xrevrange(STREAM, count=1)
        except (RedisError, OSError) as error:
            self._away_until = monotonic() + PATIENCE
            log.warning("Open pages have to ask for what is new, nobody can tell them: %s", error)
            raise HubUnavailableError from error
        self._last = newest[0][0] if newest else BEGINNING
        self._reader = asyncio.create_task(self._read_entries())

    async def _read_entries(self) -> None:
        try:
            while True:
                found: Any = await self._redis.xread({STREAM: self._last}, block=int(BLOCK * 1000))
                for identity, fields in found[0][1] if found else ():
                    self._last = identity
                    self._announce_entry(decode_entry(identity, fields.get(FIELD)))
        except (RedisError, OSError) as error:
            log.warning("Open pages are not told of what is new for a while: %s", error)
        finally:
            self._end_pages()

    def _announce_entry(self, entry: NewsEntry) -> None:
        told = []
        for page in self._pages:
            if entry.concerns_any(page.watches):
                told.append(page)
            else:
                page.skip_entry(entry)
        # One page draws itself anew at once; many would all have to wait for each other.
        within = REDRAW * (len(told) - 1)
        everything = encode_message(entry, None, within)
        for page in told:
            one_for_all = page.watches is None or entry.groups is None
            said = everything if one_for_all else encode_message(entry, page.watches, within)
            page.queue_message((entry.id, said))

    async def _read_missed(self, after: str, newest: str) -> list[NewsEntry]:
        """What came behind one entry up to another, both of which Redis still has to know."""
        if after == newest:
            return []
        try:
            found: Any = await self._redis.xrange(STREAM, after, newest, MOST_MISSED + 1)
        except ResponseError:  # no id at all
            found = []
        gapless = found and (found[0][0], found[-1][0]) == (after, newest)
        if not gapless:
            return [NewsEntry(newest, None)]
        return [decode_entry(identity, fields.get(FIELD)) for identity, fields in found[1:]]

    def _end_pages(self) -> None:
        for page in list(self._pages):
            page.end_stream()
        self._pages.clear()


def _connect_redis() -> Redis:
    return Redis.from_url(
        settings.REDIS_URL,
        decode_responses=True,
        protocol=2,  # the other gives what is found another shape
        socket_connect_timeout=PATIENCE,
        socket_timeout=SILENT,
        retry=Retry(NoBackoff(), 0),
    )


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, NewsHub] = WeakKeyDictionary()


def current_hub() -> NewsHub:
    """The hub of the running event loop: connections to Redis belong to one loop."""
    loop = asyncio.get_running_loop()
    if (hub := _hubs.get(loop)) is None:
        hub = _hubs[loop] = NewsHub()
    return hub
