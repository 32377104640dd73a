"""Ask a student's Uptime Kuma what it makes public: a status page and, with a key, metrics."""

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from ssl import SSLContext

from dashboard.collect.probes.answers import Answer, Failure, Result
from dashboard.collect.probes.get import NO_HEADERS, Limits, Reach, get

LIMITS = Limits(read=8.0, whole=10.0, body=1024 * 1024)
"""Version 1 never answers for a page that it does not have, so there is no point in waiting; a
hundred beats of many monitors are longer than anything that an app says."""
SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,99})?")
"""What of a page's name may enter a URL: version 2 allows nothing else, version 1 little."""


@dataclass(frozen=True, slots=True, repr=False)
class Access:
    """The name of the status page, and an API key, as far as they are known. Never printed."""

    slug: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class KumaAnswer:
    """`None` is what was not asked, because an answer before it left nothing to ask for."""

    entry: Result
    page: Result | None = None
    beats: Result | None = None
    metrics: Result | None = None


async def ask(root: str, access: Access, reach: Reach, trusted: SSLContext) -> KumaAnswer:
    """One request after the other to the Uptime Kuma whose root is `root`."""
    reach = replace(reach, limits=shorter(reach.limits))

    async def fetch(path: str, headers: Mapping[str, str] = NO_HEADERS) -> Result:
        return await get(f"{root.rstrip('/')}/{path}", reach, trusted, headers)

    entry = await fetch("api/entry-page")
    if isinstance(entry, Failure):
        return KumaAnswer(entry)
    metrics = await fetch("metrics", _basic(access.key)) if access.key else None
    slug = access.slug or slug_of(entry)
    if not SLUG.fullmatch(slug):
        return KumaAnswer(entry, metrics=metrics)
    page = await fetch(f"api/status-page/{slug}")
    if not (isinstance(page, Answer) and page.status == 200):
        return KumaAnswer(entry, page, metrics=metrics)
    return KumaAnswer(entry, page, await fetch(f"api/status-page/heartbeat/{slug}"), metrics)


def shorter(limits: Limits) -> Limits:
    """Kuma's own, unless a caller's are shorter still."""
    return Limits(
        connect=min(limits.connect, LIMITS.connect),
        read=min(limits.read, LIMITS.read),
        whole=min(limits.whole, LIMITS.whole),
        body=max(limits.body, LIMITS.body),
    )


def slug_of(entry: Answer) -> str:
    """The page that visitors of the root are shown; empty where that is none."""
    try:
        said = json.loads(entry.body.decode())
    except (ValueError, RecursionError):
        return ""
    match said:
        case {"type": "statusPageMatchedDomain", "statusPageSlug": str(slug)}:
            return slug.lower()
        case {"type": "entryPage", "entryPage": str(page)} if page.startswith("statusPage-"):
            return page.removeprefix("statusPage-").lower()
    return ""


def _basic(key: str) -> dict[str, str]:
    """Any user will do: the key alone counts."""
    return {"Authorization": f"Basic {b64encode(f'x:{key}'.encode()).decode()}"}
