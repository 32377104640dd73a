"""The gateway: from a public name to the student it belongs to."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from demo.classroom.roster import Classroom
from demo.http import Application, Message, Receive, Request, Response, Send, respond
from demo.public.app_pages import Reply, app_reply
from demo.public.status_page import status_reply

DOMAIN = "lab.shart.cloud"


def server(
    room: Classroom,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> Application:
    """Answers for every name of the class, as late as it would."""

    async def application(scope: Message, _: Receive, send: Send) -> None:
        request = Request.of(scope)
        found = reply(room, request.headers, request.path, now())
        await sleep(found.seconds)
        await respond(send, Response(found.status, found.body.encode(), found.content_type))

    return application


def reply(room: Classroom, headers: Mapping[str, str], path: str, moment: datetime) -> Reply:
    """What is answered at that moment; the Host header says by whom."""
    name = headers.get("host", "").partition(":")[0].lower().removesuffix(f".{DOMAIN}")
    login, _, page = name.rpartition(".")
    owner = room.student(login)
    if owner is None:
        return Reply(404, "")
    if page == "status":
        return status_reply(room, owner, path, headers, moment)
    namespace = room.of(owner, page)
    return Reply(404, "") if namespace is None else app_reply(namespace, path, moment)
