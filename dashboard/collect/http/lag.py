"""Measure this process' own delay, which would else count as the app's."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from time import monotonic

TICK_SECONDS = 0.1
"""Seconds between two readings of the clock."""


@asynccontextmanager
async def measure_lag() -> AsyncIterator[Callable[[], float]]:
    """Yield a function that returns the longest delay so far, in seconds."""
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
