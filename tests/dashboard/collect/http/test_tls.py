"""Where TLS fails, before, in and after its handshake, on real sockets."""

import asyncio
import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

import pytest

from dashboard.collect.http.answers import HttpAnswer, HttpResult, NoAnswer, NoAnswerCause
from dashboard.collect.http.request import (
    RequestLimits,
    RequestScope,
    fetch_url,
    load_trusted_authorities,
)
from tests.hostile import Behaviour, answer, hang_up, serving, silent, tls_server, unencrypted
from tests.processes import PATIENCE
from tests.servers import dropping, free_port

URL = "https://ada.dev.lab.example/health"
PATIENT = RequestLimits(connect=PATIENCE, read=PATIENCE, whole=PATIENCE)
QUICK = RequestLimits(connect=0.3, read=PATIENCE, whole=PATIENCE)
SILENT = RequestLimits(connect=PATIENCE, read=0.5, whole=PATIENCE)


def look(
    port: int,
    trusted: ssl.SSLContext | None = None,
    url: str = URL,
    limits: RequestLimits = PATIENT,
) -> HttpResult:
    reach = RequestScope(f"https://127.0.0.1:{port}", limits=limits)
    return asyncio.run(fetch_url(url, reach, trusted or load_trusted_authorities()))


@pytest.fixture
def trusted(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate)


def test_the_certificate_has_to_be_the_hosts_not_the_gateways(
    certificate: Path, trusted: ssl.SSLContext
) -> None:
    context = tls_server(certificate)
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    with serving(answer(b"{}"), context) as server:
        right = look(server.port, trusted)
        wrong = look(server.port, trusted, "https://ada.prod.lab.example/")
        stranger = look(server.port)
    assert isinstance(right, HttpAnswer)
    assert isinstance(wrong, NoAnswer)
    assert (wrong.cause, "ada.prod.lab.example" in wrong.detail) == (NoAnswerCause.TLS, True)
    assert stranger == NoAnswer(NoAnswerCause.TLS, "self-signed certificate")
    assert names == ["ada.dev.lab.example", "ada.prod.lab.example", "ada.dev.lab.example"]


@contextmanager
def refusing() -> Iterator[int]:
    yield free_port()


@contextmanager
def speaking(behaviour: Behaviour) -> Iterator[int]:
    """A server that takes the connection and knows no TLS."""
    with serving(behaviour) as server:
        yield server.port


@pytest.mark.parametrize(
    ("server", "cause", "limits"),
    [
        pytest.param(refusing, NoAnswerCause.REFUSED, PATIENT, id="nobody listens"),
        pytest.param(dropping, NoAnswerCause.CONNECT_TIMEOUT, QUICK, id="dropped"),
        pytest.param(
            partial(speaking, silent), NoAnswerCause.TLS, QUICK, id="silent in the handshake"
        ),
        pytest.param(partial(speaking, hang_up), NoAnswerCause.TLS, PATIENT, id="hanging up in it"),
        pytest.param(partial(speaking, answer(b"{}")), NoAnswerCause.TLS, PATIENT, id="plain HTTP"),
    ],
)
def test_a_handshake_that_fails_is_told_from_a_connection_that_does(
    server: Callable[[], AbstractContextManager[int]], cause: NoAnswerCause, limits: RequestLimits
) -> None:
    with server() as port:
        assert look(port, limits=limits) == NoAnswer(cause)


GARBAGE = b"\0garbage" * 10
ALERT = b"\x15\x03\x03\x00\x02\x02\x28"
"""In plain text, where by then everything is encrypted."""


HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"


def half_and_silent(connection: socket.socket, head: str) -> None:
    connection.sendall(HALF)
    silent(connection, head)


def reset(connection: socket.socket, _: str) -> None:
    connection.sendall(HALF)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@pytest.mark.parametrize(
    ("behaviour", "cause"),
    [
        pytest.param(silent, NoAnswerCause.TIMEOUT, id="silence"),
        pytest.param(half_and_silent, NoAnswerCause.TIMEOUT, id="silence in the body"),
        pytest.param(hang_up, NoAnswerCause.BROKEN, id="hanging up at once"),
        pytest.param(reset, NoAnswerCause.BROKEN, id="a reset in the body"),
        pytest.param(unencrypted(GARBAGE), NoAnswerCause.TLS, id="garbage at once"),
        pytest.param(unencrypted(GARBAGE, after=HALF), NoAnswerCause.TLS, id="garbage in the body"),
        pytest.param(unencrypted(ALERT), NoAnswerCause.TLS, id="an alert at once"),
        pytest.param(unencrypted(ALERT, after=HALF), NoAnswerCause.TLS, id="an alert in the body"),
    ],
)
def test_what_goes_wrong_after_the_handshake_is_a_failure_too(
    certificate: Path, trusted: ssl.SSLContext, behaviour: Behaviour, cause: NoAnswerCause
) -> None:
    with serving(behaviour, tls_server(certificate)) as server:
        limits = SILENT if cause is NoAnswerCause.TIMEOUT else PATIENT
        assert look(server.port, trusted, limits=limits) == NoAnswer(cause)
