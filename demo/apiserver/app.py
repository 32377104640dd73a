"""The server itself: from a request to an answer or a stream of events."""

from collections.abc import Callable
from datetime import UTC, datetime

from demo.apiserver import access, discovery
from demo.apiserver.access import AccessAttempt
from demo.apiserver.metadata import Object
from demo.apiserver.paging import list_page, select_objects
from demo.apiserver.refusals import NoSuchPathError, StatusError
from demo.apiserver.resources import RESOURCES, ResourceKind
from demo.apiserver.watching import WatchRequest
from demo.classroom.roster import Classroom
from demo.http import (
    Application,
    Message,
    Receive,
    Request,
    Response,
    Send,
    json_response,
    send_response,
    stream_lines,
)

_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


def create_server(
    room: Classroom, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Application:
    """The API of this class, as of whatever moment `now` says."""

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        answer = answer_request(room, Request.from_scope(scope), now)
        if isinstance(answer, WatchRequest):
            await stream_lines(receive, send, answer.stream_events())
        else:
            await send_response(send, answer)

    return application


def answer_request(
    room: Classroom, request: Request, now: Callable[[], datetime]
) -> Response | WatchRequest:
    """Without HTTP: what a request comes to."""
    try:
        return _answer_permitted(room, request, now)
    except StatusError as refusal:
        return json_response(refusal.status_object, refusal.code)
    except NoSuchPathError:
        return Response(404, b"404 page not found\n")


def _answer_permitted(
    room: Classroom, request: Request, now: Callable[[], datetime]
) -> Response | WatchRequest:
    who = access.find_account(request.headers.get("authorization", ""))
    found = _answer_discovery(request.path)
    if found is not None:
        return json_response(found)
    resource, namespace, name = _parse_path(request.path)
    verb = _find_verb(request, name)
    # A watch of one object by its name is a list with a field selector to the server too.
    attempt = AccessAttempt(verb, resource, name if resource.kind == "Namespace" else namespace)
    access.require_access(who, attempt, room)
    if verb == "watch":
        return WatchRequest(room, resource, namespace, request.query, now)
    # Versions are whole milliseconds; a list shows the moment that its version names.
    moment = now().replace(microsecond=now().microsecond // 1000 * 1000)
    if verb == "list":
        return json_response(list_page(room, resource, namespace, request.query, moment))
    return json_response(_read_object(room, resource, namespace, name, moment))


def _answer_discovery(path: str) -> Object | None:
    match path.strip("/").split("/"):
        case ["healthz" | "livez" | "readyz"]:
            return {"status": "ok"}
        case ["version"]:
            return discovery.VERSION
        case ["api" | "apis" as root]:
            return discovery.list_versions() if root == "api" else discovery.list_groups()
        case ["api", version]:
            return discovery.list_resources("", version)
        case ["apis", group, version]:
            return discovery.list_resources(group, version)
    return None


def _parse_path(path: str) -> tuple[ResourceKind, str, str]:
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


def _find_verb(request: Request, name: str) -> str:
    if request.method in _VERBS:
        return _VERBS[request.method]
    if request.query.get("watch") in {"1", "true"}:
        return "watch"
    return "get" if name else "list"


def _read_object(
    room: Classroom, resource: ResourceKind, namespace: str, name: str, moment: datetime
) -> Object:
    for item in select_objects(room, resource, namespace, {}, moment):
        if item["metadata"]["name"] == name:
            return {"kind": resource.kind, "apiVersion": resource.api_version} | item
    raise StatusError(
        404,
        "NotFound",
        f'{resource.qualified_name} "{name}" not found',
        details={"name": name, "group": resource.group, "kind": resource.plural},
    )
