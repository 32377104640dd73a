"""One GET against real servers on loopback that misbehave in every way that was thought of."""

import asyncio
import socket
import time
from dataclasses import replace
from ipaddress import ip_network

import pytest

from dashboard.collect.http.answers import HttpAnswer, HttpResult, NoAnswer, NoAnswerCause
from dashboard.collect.http.request import (
    RequestLimits,
    RequestScope,
    fetch_url,
    load_trusted_authorities,
)
from tests import hostile
from tests.hostile import Behaviour, answer, redirect, serving, silent
from tests.processes import PATIENCE
from tests.servers import free_port

URL = "http://ada.dev.lab.example/health"
PATIENT = RequestLimits(connect=PATIENCE, read=PATIENCE, whole=PATIENCE)
QUICK = RequestLimits(connect=PATIENCE, read=0.5, whole=1)


def look(url: str, reach: RequestScope) -> HttpResult:
    return asyncio.run(fetch_url(url, reach, load_trusted_authorities()))


def look_through(
    behaviour: Behaviour, limits: RequestLimits = PATIENT, url: str = URL
) -> HttpResult:
    with serving(behaviour) as server:
        return look(url, RequestScope(server.url, limits=limits))


def test_an_answer_comes_back_whole() -> None:
    match look_through(answer(b'{"redis": "connected"}', "200 OK")):
        case HttpAnswer(status=200, body=b'{"redis": "connected"}'):
            pass
        case other:
            pytest.fail(f"{other}")


def test_the_gateway_is_asked_for_the_students_host_without_compression() -> None:
    with serving(answer(b"{}")) as server:
        look(URL, RequestScope(server.url))
    head = server.heads[0].lower()
    assert head.startswith("get /health http/1.1\r\n")
    assert "\r\nhost: ada.dev.lab.example\r\n" in head
    assert "\r\naccept-encoding: identity\r\n" in head


def test_time_counts_from_the_request_to_the_first_line_of_the_answer() -> None:
    def slow(connection: socket.socket, head: str) -> None:
        time.sleep(0.3)
        answer(b"{}")(connection, head)

    result = look_through(slow)
    assert isinstance(result, HttpAnswer)
    assert result.seconds >= 0.3


@pytest.mark.parametrize(
    ("behaviour", "cause"),
    [
        pytest.param(hostile.endless, NoAnswerCause.TOO_LARGE, id="an endless body"),
        pytest.param(answer(bytes(65_537)), NoAnswerCause.TOO_LARGE, id="a byte too many"),
        pytest.param(hostile.drip_body, NoAnswerCause.TIMEOUT, id="a body byte by byte"),
        pytest.param(hostile.drip_head, NoAnswerCause.TIMEOUT, id="a head byte by byte"),
        pytest.param(silent, NoAnswerCause.TIMEOUT, id="silence"),
        pytest.param(
            hostile.body_in_single_bytes, NoAnswerCause.TOO_LARGE, id="a body in chunks of one byte"
        ),
        pytest.param(hostile.endless_continue, NoAnswerCause.TOO_LARGE, id="for ever 100 Continue"),
        pytest.param(
            answer(b"{}", "200 OK", f"X-Header: {'x' * 1_000_000}"),
            NoAnswerCause.TOO_LARGE,
            id="a header of 1 MB",
        ),
        pytest.param(hostile.ten_thousand_headers, NoAnswerCause.TOO_LARGE, id="10,000 headers"),
        pytest.param(hostile.endless_headers, NoAnswerCause.TOO_LARGE, id="endless headers"),
        pytest.param(hostile.one_endless_header, NoAnswerCause.TOO_LARGE, id="one endless header"),
        pytest.param(hostile.hang_up, NoAnswerCause.BROKEN, id="hanging up"),
        pytest.param(hostile.not_http, NoAnswerCause.BROKEN, id="another protocol"),
        pytest.param(hostile.too_short, NoAnswerCause.BROKEN, id="less than promised"),
        pytest.param(
            answer(hostile.BOMB, "200 OK", "Content-Encoding: gzip"),
            NoAnswerCause.COMPRESSED,
            id="a gzip bomb",
        ),
        pytest.param(redirect("/health/"), NoAnswerCause.REDIRECTED, id="a redirect to itself"),
        pytest.param(
            redirect("http://169.254.169.254/latest/meta-data/"),
            NoAnswerCause.REDIRECTED_ELSEWHERE,
            id="a redirect to the metadata service",
        ),
        pytest.param(
            redirect("//[bad"),
            NoAnswerCause.REDIRECTED_ELSEWHERE,
            id="a redirect to no address at all",
        ),
    ],
)
def test_a_server_that_misbehaves_ends_as_a_failure(
    behaviour: Behaviour, cause: NoAnswerCause
) -> None:
    limits = QUICK if cause is NoAnswerCause.TIMEOUT else PATIENT
    assert look_through(behaviour, limits) == NoAnswer(cause)


def test_the_largest_body_that_is_allowed_is_read() -> None:
    result = look_through(answer(bytes(65_536)))
    assert isinstance(result, HttpAnswer)
    assert len(result.body) == 65_536


def test_a_redirect_is_not_followed() -> None:
    with serving(answer(b"{}")) as elsewhere, serving(redirect(elsewhere.url)) as server:
        look(URL, RequestScope(server.url))
    assert (len(server.heads), elsewhere.heads) == (1, [])


def test_a_port_where_nobody_listens_refuses() -> None:
    assert look(URL, RequestScope(f"http://127.0.0.1:{free_port()}")) == NoAnswer(
        NoAnswerCause.REFUSED
    )


def test_a_name_that_does_not_exist_is_a_dns_failure() -> None:
    assert look("http://ada.invalid/health", RequestScope()) == NoAnswer(NoAnswerCause.DNS)


LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


def test_a_name_that_leads_to_loopback_is_not_connected_to() -> None:
    with serving(answer(b"{}")) as server:
        result = look(f"http://localhost:{server.port}/health", RequestScope())
    assert isinstance(result, NoAnswer)
    assert result.cause == NoAnswerCause.FORBIDDEN_ADDRESS
    assert "PROBE_ALLOWED_NETWORKS" in result.detail
    assert server.heads == []


def test_a_setting_allows_a_network() -> None:
    with serving(answer(b"{}")) as server:
        result = look(
            f"http://localhost:{server.port}/health", RequestScope(allowed_networks=LOOPBACK)
        )
    assert isinstance(result, HttpAnswer)


def test_a_gateway_given_by_name_needs_the_setting_too() -> None:
    with serving(answer(b"{}")) as server:
        named = RequestScope(f"http://localhost:{server.port}")
        forbidden = look(URL, named)
        permitted = look(URL, replace(named, allowed_networks=LOOPBACK))
    assert isinstance(forbidden, NoAnswer)
    assert isinstance(permitted, HttpAnswer)


def test_a_name_is_looked_up_once_and_only_its_permitted_addresses_are_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def resolve(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        changing = ["169.254.169.254", "127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in changing]

    with serving(answer(b"{}")) as server:
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda host, port, *_a, **_k: resolve(host, port)
        )
        url = f"http://ada.dev.lab.example:{server.port}/health"
        result = look(url, RequestScope(allowed_networks=(ip_network("127.0.0.1/32"),)))
    assert isinstance(result, HttpAnswer)
    assert asked == ["ada.dev.lab.example"]
