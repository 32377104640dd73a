"""The web application as gunicorn's uvicorn workers load it: Django in a few threads.

Left to itself Django takes a thread for each request, and with it a connection to the database: a
class that opens its pages at the same moment would use up all connections that there are.
"""

import asyncio
import gc
import os
import signal
import threading
import warnings
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from django.core.asgi import get_asgi_application

from dashboard.live import hub_here

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# WhiteNoise hands static files to Django piece by piece, without await. They are small.
warnings.filterwarnings("ignore", "StreamingHttpResponse must consume synchronous iterators")

LANES = 8
"""Threads that answer requests. Python runs one at a time, while others wait for the database."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def lane() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "requests")


@dataclass(slots=True, eq=False)
class Lane:
    """A thread, and how many requests are under way on it that have no answer yet."""

    thread: ThreadPoolExecutor = field(default_factory=lane)
    asked: int = 0


django = get_asgi_application()
# A big page makes a hundred thousand values that end with it. Looking for cycles among them again
# and again, and among all that was imported, would take a fifth of its time.
gc.freeze()
gc.set_threshold(50_000, 20, 20)

lanes = [Lane() for _ in range(LANES)]


async def application(scope: Message, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
        return
    mine = min(lanes, key=lambda lane: lane.asked)
    mine.asked += 1
    waiting = True

    async def answer(message: Mapping[str, Any]) -> None:
        nonlocal waiting
        if waiting:
            waiting = False
            mine.asked -= 1
        await send(dict(message))

    try:
        async with ThreadSensitiveContext(executor=mine.thread):
            await django(dict(scope), receive, answer)
    finally:
        mine.asked -= waiting


async def lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            end_streams_on_exit()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def end_streams_on_exit() -> None:
    """Uvicorn waits for open streams, and tells nobody that it does: its signals alone tell."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop, listeners = asyncio.get_running_loop(), hub_here()
    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.getsignal(number)

        def ended(number: int, frame: FrameType | None, before: Any = before) -> None:
            loop.call_soon_threadsafe(listeners.end)
            if callable(before):
                before(number, frame)

        signal.signal(number, ended)
