"""How late this process looks at answers: its own delay would count as the app's."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from time import monotonic

TICK = 0.1
"""Seconds between two looks at the clock."""


@asynccontextmanager
async def watched() -> AsyncIterator[Callable[[], float]]:
    """Tells, as long as it is open, the longest delay so far in seconds."""
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            before = monotonic()
            await asyncio.sleep(TICK)
            longest = max(longest, monotonic() - before - TICK)

    watching = asyncio.ensure_future(watch())
    try:
        yield lambda: longest
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
