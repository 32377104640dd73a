"""Pages that listen, as a browser does: to a real web server with a real Redis behind it."""

import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from config.asgi import application
from tests.demo.serving import serving
from tests.processes import PATIENCE, running, wait_until
from tests.servers import free_port, procfile

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Message:
    id: str
    changes: list[dict[str, Any]] | None
    """`None` is to look at everything."""

    @property
    def of(self) -> list[int]:
        return sorted(key for change in self.changes or () for key in change["of"])


@dataclass(frozen=True, slots=True)
class Stream:
    response: httpx.Response
    lines: Iterator[str]

    def block(self) -> dict[str, str]:
        """The fields up to the next empty line; empty at the end of the stream."""
        fields: dict[str, str] = {}
        for line in self.lines:
            if not line:
                return fields
            name, _, value = line.partition(": ")
            fields[name] = value
        return fields

    def next(self) -> Message:
        while (fields := self.block()) and "data" not in fields:
            pass
        return Message(fields.get("id", ""), json.loads(fields["data"])["changes"])


def cookies_of(user: User) -> dict[str, str]:
    """Of a session, opened without the form."""
    client = Client()
    client.force_login(user)
    return {key: morsel.value for key, morsel in client.cookies.items()}


@dataclass(frozen=True, slots=True)
class Web:
    url: str

    @contextmanager
    def listen(
        self, user: User | None, address: str = "/events", after: str = ""
    ) -> Iterator[Stream]:
        """Open once the server has said so."""
        cookies = cookies_of(user) if user else {}
        headers = {"Last-Event-ID": after} if after else {}
        with (
            httpx.Client(
                base_url=self.url, cookies=cookies, trust_env=False, timeout=PATIENCE
            ) as http,
            http.stream("GET", address, headers=headers) as response,
        ):
            stream = Stream(response, response.iter_lines())
            if response.status_code == 200:
                assert "retry" in stream.block()
            yield stream


@contextmanager
def web() -> Iterator[Web]:
    with serving(application) as url:
        yield Web(url.rstrip("/"))


@dataclass(frozen=True, slots=True)
class WebProcess:
    url: str
    process: "subprocess.Popen[bytes]"


@contextmanager
def web_process(database: str, redis: str) -> Iterator[WebProcess]:
    """As the Procfile starts it, with one worker."""
    address = f"127.0.0.1:{free_port()}"
    environment = os.environ | {
        "DATABASE_URL": database,
        "SECRET_KEY": settings.SECRET_KEY,
        "REDIS_URL": redis,
        "BIND": address,
        "WEB_CONCURRENCY": "1",
    }
    with running(["sh", "-c", procfile("web")], cwd=ROOT, env=environment) as web:
        url = f"http://{address}"
        wait_until(lambda: answers(url), "the web server")
        yield WebProcess(url, web)


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def shared(file: Path) -> str:
    """The tests' own database, or where it is in memory a copy as it is now, over the last one."""
    if connection.vendor == "postgresql":
        at = connection.settings_dict
        return f"postgres://{at['USER']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    with closing(sqlite3.connect(file)) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)
    return f"sqlite:///{file}"
