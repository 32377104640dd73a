"""Uptime Kuma's public interface over HTTP, as its versions have it; simulated from documents.

1.23 never answers for a status page that it does not have, 2.0 says 404; 2.1 calls its incidents
otherwise. Only a request with the right key is told the metrics.
"""

import json
import socket
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.hostile import answer, silent

KEY = "uk1_secret"


@dataclass
class Kuma:
    """`beats` has, for each monitor by its name, the statuses of its beats, the newest last."""

    version: str = "1.23"
    slug: str = "class"
    entry: dict[str, str] | None = None
    beats: dict[str, list[int]] = field(default_factory=dict)
    newest: datetime | None = None
    interval: float = 60.0
    metrics: str = ""
    asked: list[str] = field(default_factory=list)

    def __call__(self, connection: socket.socket, head: str) -> None:
        path = head.split(" ")[1]
        self.asked.append(path)
        match path.strip("/").split("/"):
            case ["api", "entry-page"]:
                page = {"type": "entryPage", "entryPage": f"statusPage-{self.slug}"}
                self.say(connection, self.entry or page)
            case ["api", "status-page", "heartbeat", slug]:
                self.say(connection, self.heartbeats() if slug == self.slug else _NOTHING)
            case ["api", "status-page", slug]:
                self.page(connection, head, slug)
            case ["metrics"] if f"Basic {b64encode(f'x:{KEY}'.encode()).decode()}" in head:
                answer(self.metrics.encode())(connection, head)
            case ["metrics"]:
                answer(b"Unauthorized", "401 Unauthorized")(connection, head)
            case _:
                answer(b"Not Found", "404 Not Found")(connection, head)

    def say(self, connection: socket.socket, value: object) -> None:
        answer(json.dumps(value).encode(), "200 OK", "Content-Type: application/json")(
            connection, ""
        )

    def page(self, connection: socket.socket, head: str, slug: str) -> None:
        if slug == self.slug:
            self.say(connection, self.status_page())
        elif self.version == "1.23":
            silent(connection, head)
        else:
            body = b'{"status":"fail","msg":"Status Page Not Found"}'
            answer(body, "404 Not Found")(connection, head)

    def status_page(self) -> dict[str, Any]:
        monitors = [
            {"id": number, "name": name, "sendUrl": 0, "type": "http"}
            for number, name in enumerate(self.beats, 1)
        ]
        incidents: dict[str, Any] = (
            {"incidents": []} if self.version == "2.1" else {"incident": None}
        )
        config = {"slug": self.slug, "title": "x", "published": True, "theme": "auto"}
        if self.version != "1.23":
            config |= {"autoRefreshInterval": 300, "analyticsId": None, "rssTitle": None}
        return {
            "config": config,
            "publicGroupList": [
                {"id": 1, "name": "Services", "weight": 1, "monitorList": monitors}
            ],
            "maintenanceList": [],
            **incidents,
        }

    def heartbeats(self) -> dict[str, Any]:
        return {
            "heartbeatList": {
                str(number): self.listed(statuses)
                for number, statuses in enumerate(self.beats.values(), 1)
            },
            "uptimeList": {"1_24": 0.998},
        }

    def listed(self, statuses: list[int]) -> list[dict[str, Any]]:
        assert self.newest
        back = [self.newest - timedelta(seconds=self.interval * n) for n in range(len(statuses))]
        return [
            {"status": status, "time": f"{at:%F %T}.123", "msg": "", "ping": 42 if status else None}
            for status, at in zip(statuses, reversed(back), strict=True)
        ]


_NOTHING: dict[str, Any] = {"heartbeatList": {}, "uptimeList": {}}
