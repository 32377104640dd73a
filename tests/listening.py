"""Pages that listen, as a browser does: to a real web server with a real Redis behind it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from django.contrib.auth.models import User
from django.test import Client

from config.asgi import application
from tests.demo.serving import serving


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


@dataclass(frozen=True, slots=True)
class Web:
    url: str

    @contextmanager
    def listen(
        self, user: User | None, address: str = "/events", after: str = ""
    ) -> Iterator[Stream]:
        """Open once the server has said so."""
        client = Client()
        if user:
            client.force_login(user)
        cookies = {key: morsel.value for key, morsel in client.cookies.items()}
        headers = {"Last-Event-ID": after} if after else {}
        with (
            httpx.Client(base_url=self.url, cookies=cookies, trust_env=False, timeout=20) as http,
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
