"""The stream by which open pages are told that something new was recorded."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from random import uniform

from asgiref.sync import sync_to_async
from django.core.exceptions import PermissionDenied
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from dashboard.live import HubUnavailableError, NewsHub, OpenPage, TooManyPagesError, current_hub
from dashboard.models import Namespace
from dashboard.web.layout.refresh import compute_version

HEARTBEAT = 15.0
"""Seconds; proxies end what is silent for longer, often after 60."""
LIFE = 300.0
"""Seconds, about: then the page comes back, and it is looked at anew what it may see."""
RETRY = (1.0, 4.0)
"""Seconds until a page comes back that was cut off, so that a class does not come back at once."""
LATER = 30
"""Seconds until it is worth while to ask again who has too many pages open."""
AT_ONCE = 0.05
LOOK = '{"changes":null,"within":0}'


@dataclass(frozen=True, slots=True)
class StreamRequest:
    """The student who asks, `None` for an instructor; the keys of the namespaces that the page
    shows, `None` for all that there are; and whether it is no longer what they would be shown.
    """

    reader: int | None
    watches: frozenset[int] | None
    outdated: bool


@require_safe
async def stream_events(request: HttpRequest) -> HttpResponseBase:
    """`204`, on which a browser gives up, where there is nothing to listen to, and `429` for who
    listens with too many pages: then the page asks again and again, as it does until it is told
    that the stream is open.
    """
    if not isinstance(request, ASGIRequest):
        return HttpResponse(status=204)
    listeners = current_hub()
    try:
        newest = await listeners.newest_position()
        asked = await sync_to_async(_authorize_stream)(request)
        last = request.headers.get("Last-Event-ID", "")
        page = await listeners.open_page(asked.reader, asked.watches, last or newest)
    except HubUnavailableError:
        return HttpResponse(status=204)
    except TooManyPagesError:
        return HttpResponse(status=429, headers={"Retry-After": str(LATER)})
    return StreamingHttpResponse(
        _stream_messages(listeners, page, look=asked.outdated and not last),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _authorize_stream(request: HttpRequest) -> StreamRequest:
    """Gives the database's connection back: a class of pages would use up all that it has."""
    user = request.user
    if not user.is_authenticated:
        raise PermissionDenied
    visible = Namespace.objects.visible_to(user)
    name = request.GET.get("namespace")
    watches = None
    if name is not None:
        watches = frozenset({get_object_or_404(visible, name=name).pk})
    elif not user.is_staff:
        watches = frozenset(visible.values_list("pk", flat=True))
    asked = StreamRequest(
        None if user.is_staff else user.pk,
        watches,
        request.GET.get("seen") != compute_version(user, name),
    )
    close_old_connections()
    return asked


async def _stream_messages(listeners: NewsHub, page: OpenPage, *, look: bool) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    until = loop.time() + LIFE * uniform(0.8, 1.2)  # noqa: S311  # no secret
    try:
        yield f"retry: {_to_milliseconds(uniform(*RETRY))}\nid: {page.after}\n\n"  # noqa: S311
        if look:
            yield f"data: {LOOK}\n\n"
        while (left := until - loop.time()) > 0:
            said = await page.next_message(min(HEARTBEAT, left))
            if said is None:
                return
            yield f"id: {page.after}\n" + (f"data: {said}\n\n" if said else ": nothing new\n\n")
        yield f"retry: {_to_milliseconds(AT_ONCE)}\n\n"
    finally:
        listeners.close_page(page)


def _to_milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
