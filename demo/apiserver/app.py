"""The server itself: from a request to an answer or a stream of events."""

from collections.abc import Callable
from datetime import UTC, datetime

from demo.apiserver import access, discovery
from demo.apiserver.access import Attempt
from demo.apiserver.paging import chosen, page
from demo.apiserver.refusals import NoSuchPathError, StatusError
from demo.apiserver.resources import RESOURCES, Object, Resource
from demo.apiserver.watching import Watch
from demo.classroom.roster import Classroom
from demo.http import (
    Application,
    Message,
    Receive,
    Request,
    Response,
    Send,
    json_response,
    respond,
    stream,
)

_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


def server(room: Classroom, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Application:
    """The API of this class, as of whatever moment `now` says."""

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        answer = answered(room, Request.of(scope), now)
        if isinstance(answer, Watch):
            await stream(receive, send, answer.events())
        else:
            await respond(send, answer)

    return application


def answered(room: Classroom, request: Request, now: Callable[[], datetime]) -> Response | Watch:
    """Without HTTP: what a request comes to."""
    try:
        return _granted(room, request, now)
    except StatusError as refusal:
        return json_response(refusal.status, refusal.code)
    except NoSuchPathError:
        return Response(404, b"404 page not found\n")


def _granted(room: Classroom, request: Request, now: Callable[[], datetime]) -> Response | Watch:
    who = access.reader(request.headers.get("authorization", ""))
    found = _discover(request.path)
    if found is not None:
        return json_response(found)
    resource, namespace, name = _target(request.path)
    verb = _verb(request, name)
    # A watch of one object by its name is a list with a field selector to the server too.
    attempt = Attempt(verb, resource, name if resource.kind == "Namespace" else namespace)
    access.check(who, attempt, room)
    if verb == "watch":
        return Watch(room, resource, namespace, request.query, now)
    # Versions are whole milliseconds; a list shows the moment that its version names.
    moment = now().replace(microsecond=now().microsecond // 1000 * 1000)
    if verb == "list":
        return json_response(page(room, resource, namespace, request.query, moment))
    return json_response(_one(room, resource, namespace, name, moment))


def _discover(path: str) -> Object | None:
    match path.strip("/").split("/"):
        case ["healthz" | "livez" | "readyz"]:
            return {"status": "ok"}
        case ["version"]:
            return discovery.VERSION
        case ["api" | "apis" as root]:
            return discovery.versions() if root == "api" else discovery.groups()
        case ["api", version]:
            return discovery.resources("", version)
        case ["apis", group, version]:
            return discovery.resources(group, version)
    return None


def _target(path: str) -> tuple[Resource, str, str]:
    """What a path names: a kind, a namespace or "" for all, an object or "" for a list."""
    match path.strip("/").split("/"):
        case ["api", version, *rest]:
            group = ""
        case ["apis", group, version, *rest]:
            pass
        case _:
            raise NoSuchPathError
    namespace = name = ""
    match rest:
        case ["namespaces", namespace, plural]:
            pass
        case ["namespaces", namespace, plural, name]:
            pass
        case [plural]:
            pass
        case [plural, name]:
            pass
        case _:
            raise NoSuchPathError
    for resource in RESOURCES:
        if (resource.group, resource.version, resource.plural) == (group, version, plural):
            return resource, namespace, name
    raise NoSuchPathError


def _verb(request: Request, name: str) -> str:
    if request.method in _VERBS:
        return _VERBS[request.method]
    if request.query.get("watch") in {"1", "true"}:
        return "watch"
    return "get" if name else "list"


def _one(
    room: Classroom, resource: Resource, namespace: str, name: str, moment: datetime
) -> Object:
    for item in chosen(room, resource, namespace, {}, moment):
        if item["metadata"]["name"] == name:
            return {"kind": resource.kind, "apiVersion": resource.api_version} | item
    raise StatusError(
        404,
        "NotFound",
        f'{resource.qualified} "{name}" not found',
        details={"name": name, "group": resource.group, "kind": resource.plural},
    )
