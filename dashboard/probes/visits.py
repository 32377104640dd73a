"""Visit many students' URLs at once, and each student's one after the other."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from ssl import SSLContext
from urllib.parse import urlsplit

from dashboard.probes.answers import PATH_ONLY, Failure, Result
from dashboard.probes.get import Reach, get, trusted_authorities

Urls = tuple[str, ...]
"""Those of one student, in the order in which they are asked."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What one student's URLs gave, from `at` on."""

    at: datetime
    results: Mapping[str, Result]


def fetch(students: Sequence[Urls], reach: Reach, now: Callable[[], datetime]) -> dict[Urls, Visit]:
    """A visit for each; the same URLs given twice are visited once."""
    return asyncio.run(_fetch(list(dict.fromkeys(students)), reach, now))


async def _fetch(
    students: Sequence[Urls], reach: Reach, now: Callable[[], datetime]
) -> dict[Urls, Visit]:
    # The default pool is smaller: look-ups that hang would keep the others waiting.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(reach.at_once))
    places = asyncio.Semaphore(reach.at_once)
    trusted = trusted_authorities()

    async def visit(urls: Urls) -> Visit:
        async with places:
            return Visit(now(), await _visit(urls, reach, trusted))

    visits = await asyncio.gather(*map(visit, students))
    return dict(zip(students, visits, strict=True))


async def _visit(urls: Urls, reach: Reach, trusted: SSLContext) -> dict[str, Result]:
    """A host that fails as a whole is not asked again: its other URLs would hang as long."""
    results: dict[str, Result] = {}
    down: dict[str | None, Failure] = {}
    for url in urls:
        host = urlsplit(url).hostname
        result = down.get(host) or await get(url, reach, trusted)
        if isinstance(result, Failure) and result.cause not in PATH_ONLY:
            down[host] = result
        results[url] = result
    return results
