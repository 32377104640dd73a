"""How late this process looks at answers: its own delay would count as the app's."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from time import monotonic

TICK_SECONDS = 0.1
"""Seconds between two looks at the clock."""


@asynccontextmanager
async def measure_lag() -> AsyncIterator[Callable[[], float]]:
    """Tells, as long as it is open, the longest delay so far in seconds."""
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            before = monotonic()
            await asyncio.sleep(TICK_SECONDS)
            longest = max(longest, monotonic() - before - TICK_SECONDS)

    watching = asyncio.ensure_future(watch())
    try:
        yield lambda: longest
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
