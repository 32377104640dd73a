"""A small HTTP server on loopback that speaks as much of Kubernetes' API as a poll hears.

A test gives it objects, and the answers that it is to give in place of the true ones. It lists in
pages, each list as of the moment of its first page.
"""

import contextlib
import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import yaml

from tests.make import Json
from tests.processes import PATIENCE

NAMESPACES = "/api/v1/namespaces"
PODS = "/api/v1/pods"
POLICIES = "/apis/networking.k8s.io/v1/networkpolicies"
SERVICES = "/api/v1/services"
SLICES = "/apis/discovery.k8s.io/v1/endpointslices"
ROUTES = "/apis/gateway.networking.k8s.io/v1/httproutes"
WITHIN = re.compile(r"(?P<start>.+)/namespaces/(?P<namespace>[^/]+)/(?P<plural>[^/]+)")


def within(namespace: str, path: str) -> str:
    """The path that lists the same kind in one namespace."""
    start, _, plural = path.rpartition("/")
    return f"{start}/namespaces/{namespace}/{plural}"


@dataclass(frozen=True, slots=True)
class Answer:
    """`hangs` sends nothing until the server ends; `breaks_off` sends less than it promised."""

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False
    breaks_off: bool = False


def status(code: int, reason: str, message: str) -> Answer:
    body = {"kind": "Status", "status": "Failure", "code": code, "reason": reason}
    return Answer(code, json.dumps(body | {"message": message}))


def forbidden(path: str, namespace: str | None = None) -> Answer:
    plural = path.rpartition("/")[2]
    place = f'in the namespace "{namespace}"' if namespace else "at the cluster scope"
    return status(
        403,
        "Forbidden",
        f'{plural} is forbidden: User "poller" cannot list resource "{plural}" {place}',
    )


TOO_MANY = Answer(429, "Too many requests, please try again later.\n", {"Retry-After": "0"})
EXPIRED = Answer(
    410,
    json.dumps(
        {
            "kind": "Status",
            "code": 410,
            "reason": "Expired",
            "message": "The provided continue parameter is too old",
            "metadata": {"continue": "inconsistent"},
        }
    ),
)


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]


@dataclass(slots=True)
class ApiServer:
    """`instead` holds, for a path, the answers to give one after the other; the last one stays.

    `None` among them stands for the true answer. Who asks for a path in `together` waits for the
    others who do.
    """

    objects: dict[str, list[Json]] = field(
        default_factory=lambda: {NAMESPACES: [], PODS: [], POLICIES: []}
    )
    instead: dict[str, list[Answer | None]] = field(default_factory=dict)
    together: dict[str, threading.Barrier] = field(default_factory=dict)
    page: int = 500
    url: str = ""
    requests: list[Request] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    _lists: dict[str, list[Json]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, path: str, *items: Json) -> None:
        self.objects.setdefault(path, []).extend(items)

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]

    def answer(self, request: Request) -> Answer:
        with self._lock:
            self.requests.append(request)
            queue = self.instead.get(request.path, [])
            canned = (queue.pop(0) if len(queue) > 1 else queue[0]) if queue else None
            return canned or self._list(request)

    def _list(self, request: Request) -> Answer:
        path, namespace = request.path, None
        if found := WITHIN.fullmatch(path):
            path, namespace = f"{found['start']}/{found['plural']}", found["namespace"]
        if path not in self.objects:
            return Answer(404, "404 page not found\n")
        items = [
            item
            for item in self.objects[path]
            if namespace in (None, item["metadata"].get("namespace"))
        ]
        return self._paged(items, request.query)

    def _paged(self, items: list[Json], query: dict[str, str]) -> Answer:
        start, token = 0, f"list-{len(self._lists)}"
        if "continue" in query:
            token, _, first = query["continue"].partition(":")
            start, items = int(first), self._lists[token]
        end = start + min(self.page, int(query.get("limit", len(items) or 1)))
        metadata: Json = {"resourceVersion": "1"}
        if end < len(items):
            self._lists[token] = items
            metadata |= {"continue": f"{token}:{end}", "remainingItemCount": len(items) - end}
        page = {"kind": "List", "metadata": metadata, "items": items[start:end]}
        return Answer(body=json.dumps(page))


@contextlib.contextmanager
def api_server() -> Iterator[ApiServer]:
    server = ApiServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet: two would wait for each other

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = dict(parse_qsl(parts.query))
            if barrier := server.together.get(parts.path):
                barrier.wait(PATIENCE)
            answer = server.answer(Request(parts.path, query, dict(self.headers)))
            if answer.hangs:
                server.ended.wait()
            body = answer.body.encode()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body) + 100 * answer.breaks_off))
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = answer.breaks_off

        def log_message(self, *_: object) -> None:
            """Nothing: pytest shows what matters."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    http.block_on_close = False
    thread = threading.Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    server.url = f"http://127.0.0.1:{http.server_port}"
    try:
        yield server
    finally:
        server.ended.set()
        http.shutdown()
        thread.join()
        http.server_close()


def kubeconfig(path: Path, url: str) -> str:
    """Writes the file and answers its name."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "class",
        "clusters": [{"name": "class", "cluster": {"server": url}}],
        "users": [{"name": "poller", "user": {"token": "secret-token"}}],
        "contexts": [{"name": "class", "context": {"cluster": "class", "user": "poller"}}],
    }
    path.write_text(yaml.safe_dump(config))
    return str(path)
