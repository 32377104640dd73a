"""The gateway: from a public name to the student it belongs to."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from demo.classroom.roster import Classroom
from demo.http import Application, Message, Receive, Request, Response, Send, send_response
from demo.public.app_pages import TimedReply, build_app_reply
from demo.public.status_page import build_status_reply

DOMAIN = "lab.shart.cloud"


def create_server(
    room: Classroom,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> Application:
    """Answers for every name of the class, as late as it would."""

    async def application(scope: Message, _: Receive, send: Send) -> None:
        request = Request.from_scope(scope)
        found = build_reply(room, request.headers, request.path, now())
        await sleep(found.seconds)
        await send_response(send, Response(found.status, found.body.encode(), found.content_type))

    return application


def build_reply(
    room: Classroom, headers: Mapping[str, str], path: str, moment: datetime
) -> TimedReply:
    """What is answered at that moment; the Host header says by whom."""
    name = headers.get("host", "").partition(":")[0].lower().removesuffix(f".{DOMAIN}")
    login, _, page = name.rpartition(".")
    owner = room.find_student(login)
    if owner is None:
        return TimedReply(404, "")
    if page == "status":
        return build_status_reply(room, owner, path, headers, moment)
    namespace = room.find_namespace(owner, page)
    return TimedReply(404, "") if namespace is None else build_app_reply(namespace, path, moment)
