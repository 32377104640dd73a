"""What to ask a student's Uptime Kuma: its status page and, with an API key, its metrics."""

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from ssl import SSLContext

import yaml
from django.core.exceptions import ImproperlyConfigured

from dashboard.collect.http.answers import HttpAnswer, HttpResult, NoAnswer
from dashboard.collect.http.request import NO_HEADERS, RequestLimits, RequestScope, fetch_url

STATUS_PAGE, BEATS, METRICS = "status page", "beats", "metrics"
"""The pages asked for beside the entry page."""
KUMA_LIMITS = RequestLimits(read=8.0, whole=10.0, body=1024 * 1024)
"""Version 1 never answers for a page that it does not have, so waiting is useless; a hundred beats
of many monitors are longer than anything an app says."""
SLUG_PATTERN = re.compile(r"[a-z0-9]([a-z0-9-]{0,99})?")
"""What of a page's name may enter a URL: version 2 allows nothing else, version 1 little."""


def load_api_keys(file: Path | None) -> Mapping[str, str]:
    """The API keys that an instructor was given, by login in lower case.

    Raises `ImproperlyConfigured`, which never quotes a key.
    """
    if file is None:
        return {}
    try:
        content = yaml.safe_load(file.read_text("utf-8"))
    except OSError as error:
        raise ImproperlyConfigured(f"KUMA_KEYS={file}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError):
        # Where YAML fails it quotes the line, and that may be a key.
        raise ImproperlyConfigured(f"KUMA_KEYS={file}: is not YAML") from None
    match content:
        case None:
            return {}
        case dict() if all(isinstance(each, str) for pair in content.items() for each in pair):
            return {login.lower(): key for login, key in content.items()}
    raise ImproperlyConfigured(f"KUMA_KEYS={file}: must map each login to a key, both as text")


@dataclass(frozen=True, slots=True, repr=False)
class KumaAccess:
    """The status page's name and an API key, each empty if unknown. Never printed."""

    slug: str = ""
    key: str = ""


async def ask_uptime_kuma(
    access: KumaAccess, root: str, scope: RequestScope, trusted: SSLContext
) -> tuple[HttpResult, dict[str, HttpResult]]:
    """The entry page's answer, and the further pages' as far as one led to the next."""
    scope = replace(scope, limits=_shorten_limits(scope.limits))

    async def fetch(path: str, headers: Mapping[str, str] = NO_HEADERS) -> HttpResult:
        return await fetch_url(f"{root.rstrip('/')}/{path}", scope, trusted, headers)

    pages: dict[str, HttpResult] = {}
    entry = await fetch("api/entry-page")
    if isinstance(entry, NoAnswer):
        return entry, pages
    if access.key:
        pages[METRICS] = await fetch("metrics", _build_basic_auth(access.key))
    slug = access.slug or find_slug(entry)
    if SLUG_PATTERN.fullmatch(slug):
        page = pages[STATUS_PAGE] = await fetch(f"api/status-page/{slug}")
        if isinstance(page, HttpAnswer) and page.status == 200:
            pages[BEATS] = await fetch(f"api/status-page/heartbeat/{slug}")
    return entry, pages


def _shorten_limits(limits: RequestLimits) -> RequestLimits:
    """Kuma's own, unless the caller's are shorter still."""
    return RequestLimits(
        connect=min(limits.connect, KUMA_LIMITS.connect),
        read=min(limits.read, KUMA_LIMITS.read),
        whole=min(limits.whole, KUMA_LIMITS.whole),
        body=max(limits.body, KUMA_LIMITS.body),
    )


def find_slug(entry: HttpAnswer) -> str:
    """The name of the status page that the root shows; empty if it shows none."""
    try:
        content = json.loads(entry.body.decode())
    except (ValueError, RecursionError):
        return ""
    match content:
        case {"type": "statusPageMatchedDomain", "statusPageSlug": str(slug)}:
            return slug.lower()
        case {"type": "entryPage", "entryPage": str(page)} if page.startswith("statusPage-"):
            return page.removeprefix("statusPage-").lower()
    return ""


def _build_basic_auth(key: str) -> dict[str, str]:
    """Any user will do: only the key counts."""
    return {"Authorization": f"Basic {b64encode(f'x:{key}'.encode()).decode()}"}
