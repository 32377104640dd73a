"""A class whose servers are all hostile but one: asked at once, they cost neither it nor us."""

import socket
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboard.collect.http.answers import HttpAnswer, NoAnswer
from dashboard.collect.http.hosts import ProbeRequest, ask_hosts
from dashboard.collect.http.request import RequestLimits, RequestScope
from dashboard.collect.methods.app import judge_app_answer
from netpol.lab import ProbeReading, ProbeRole
from tests import hostile
from tests.hostile import Behaviour, answer, redirect, serving, tls_server
from tests.processes import PATIENCE

HOSTILE: dict[str, Behaviour] = {
    "endless": hostile.endless,
    "drip-body": hostile.drip_body,
    "drip-head": hostile.drip_head,
    "single-bytes": hostile.body_in_single_bytes,
    "endless-continue": hostile.endless_continue,
    "endless-headers": hostile.endless_headers,
    "endless-header": hostile.one_endless_header,
    "bomb": answer(hostile.BOMB, "200 OK", "Content-Encoding: gzip"),
    "untold-bomb": answer(hostile.BOMB),
    "metadata": redirect("http://169.254.169.254/latest/meta-data/"),
    "another-host": redirect("https://honest.dev.lab.example/health"),
    "no-utf8": answer(b"\xff\xfe{}"),
    "script": answer(b'{"redis": "<script>alert(1)</script>"}'),
    "huge-number": answer(b'{"visits": %s}' % (b"9" * 60_000)),
    "deep": answer(b"[" * 60_000),
    "switching": answer(b"{}", "101 Switching Protocols", "Upgrade: x", "Connection: Upgrade"),
    "odd-status": answer(b'{"redis": "connected"}', "299 <script>"),
}
HONEST = answer(b'{"status": "healthy", "redis": "connected"}')
MOST_MEMORY = 30_000_000


def behave(connection: socket.socket, head: str) -> None:
    host = head.lower().partition("host: ")[2].partition(".")[0]
    HOSTILE.get(host, HONEST)(connection, head)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_it_is_unknown_and_the_honest_one_is_seen(
    scheme: str, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    asked = {
        name: [ProbeRequest("health", f"{scheme}://{name}.dev.lab.example/health")]
        for name in (*HOSTILE, "honest")
    }
    names = list(asked)
    with serving(behave, tls_server(certificate) if scheme == "https" else None) as server:
        gateway = server.url.replace("http:", f"{scheme}:")
        reach = RequestScope(gateway, limits=RequestLimits(connect=PATIENCE, read=5, whole=8))
        tracemalloc.start()
        looks = {
            names[key]: visit["health"].result
            for batch in ask_hosts(
                dict(enumerate(asked.values())), reach, lambda: datetime.now(UTC)
            )
            for key, visit in batch.items()
        }
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert looks.keys() == set(names)
    assert peak < MOST_MEMORY
    for name, result in looks.items():
        assert isinstance(result, HttpAnswer | NoAnswer)
        findings = judge_app_answer(ProbeReading.APP_HEALTH, result)
        expected = "reached" if name == "honest" else "unknown"
        assert (name, {one.outcome.value for one in findings.values()}) == (name, {expected})
        assert "<" not in findings[ProbeRole.APP].reason
