"""The web application as gunicorn's uvicorn workers load it: Django on a few threads.

By default Django takes a thread for each request that is under way, and with it a database
connection. A class that opens its pages at once would use up PostgreSQL's connections.
"""

import asyncio
import os
import signal
import threading
import warnings
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from types import FrameType
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from django.core.asgi import get_asgi_application

from dashboard.live import current_hub

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# WhiteNoise passes static files to Django in pieces without await. They are small.
warnings.filterwarnings("ignore", "StreamingHttpResponse must consume synchronous iterators")

THREADS = 8
"""How many requests one process answers at a time. It limits the database connections too."""

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

django = get_asgi_application()
threads = cycle([ThreadPoolExecutor(1, "requests") for _ in range(THREADS)])


async def application(scope: Message, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await handle_lifespan(receive, send)
        return
    async with ThreadSensitiveContext(executor=next(threads)):
        await django(dict(scope), receive, send)


async def handle_lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            end_streams_on_exit()
        else:
            await current_hub().disconnect()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def end_streams_on_exit() -> None:
    """End all event streams when the process is told to exit.

    Uvicorn waits for open streams before it reports the shutdown, so only the signal tells in time.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    loop, hub = asyncio.get_running_loop(), current_hub()
    for number in (signal.SIGINT, signal.SIGTERM):
        previous = signal.getsignal(number)

        def end_streams(number: int, frame: FrameType | None, previous: Any = previous) -> None:
            loop.call_soon_threadsafe(hub.end_streams)
            if callable(previous):
                previous(number, frame)

        signal.signal(number, end_streams)
