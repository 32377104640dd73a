"""GET one URL of a student, whatever its server does.

The name is looked up once; the check and the connection use that same address. So a name that
changes between look-ups gains nothing.
"""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from time import monotonic
from types import MappingProxyType
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

from dashboard.collect.http.addresses import is_allowed_address
from dashboard.collect.http.answers import (
    REQUEST_ERRORS,
    HttpAnswer,
    HttpResult,
    NoAnswer,
    NoAnswerCause,
    classify_error,
)
from dashboard.collect.http.head_limit import HeadLimit
from dashboard.collect.http.lag import measure_lag
from netpol.model import IPAddress, IPNetwork


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """Seconds, and bytes of a body. The head has a limit of its own."""

    connect: float = 3.0
    read: float = 25.0
    whole: float = 30.0
    body: int = 64 * 1024


@dataclass(frozen=True, slots=True)
class RequestScope:
    """Where probes may go, and their limits.

    `gateway` is the URL of a server that stands in for every host, as curl's `--resolve` has it:
    the request and the certificate check still name the host of the student's URL.
    """

    gateway: str = ""
    allowed_networks: tuple[IPNetwork, ...] = ()
    limits: RequestLimits = field(default_factory=RequestLimits)
    hosts_at_once: int = 20


CHUNKS_PER_TURN = 64
MOST_CHUNKS = 4096
"""Pieces of one body. A small one costs as much time as a large one."""
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


def load_trusted_authorities() -> ssl.SSLContext:
    """The HTTP library's; `SSL_CERT_FILE` names a class's own."""
    return httpx.create_ssl_context()


async def fetch_url(
    url: str, scope: RequestScope, trusted: ssl.SSLContext, headers: Mapping[str, str] = NO_HEADERS
) -> HttpResult:
    """One GET within all limits. An error becomes a `NoAnswer`, never an exception."""
    try:
        async with asyncio.timeout(scope.limits.whole), measure_lag() as lag:
            result = await _fetch_from_addresses(url, scope, trusted, headers)
            return replace(result, lag=lag()) if isinstance(result, HttpAnswer) else result
    except TimeoutError:
        return NoAnswer(NoAnswerCause.TIMEOUT)


async def _fetch_from_addresses(
    url: str, reach: RequestScope, trusted: ssl.SSLContext, headers: Mapping[str, str]
) -> HttpResult:
    target = urlsplit(reach.gateway or url)
    port = target.port or (443 if target.scheme == "https" else 80)
    found = await _look_up_host(target.hostname or "", port, reach)
    if isinstance(found, NoAnswer):
        return found
    result: HttpResult = NoAnswer(NoAnswerCause.DNS)
    for address in found:
        there = httpx.URL(url).copy_with(scheme=target.scheme, host=str(address), port=port)
        result = await _send_request(url, there, headers, reach, trusted)
        if not (isinstance(result, NoAnswer) and result.cause in _TRY_THE_NEXT_ADDRESS):
            break
    return result


_TRY_THE_NEXT_ADDRESS = {
    NoAnswerCause.REFUSED,
    NoAnswerCause.UNREACHABLE,
    NoAnswerCause.CONNECT_TIMEOUT,
}


async def _look_up_host(host: str, port: int, reach: RequestScope) -> list[IPAddress] | NoAnswer:
    """The allowed addresses of a host, at most one of each family."""
    if reach.gateway and (spelled_out := _parse_address(host)):
        return [spelled_out]
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(reach.limits.connect):
            answers = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return NoAnswer(NoAnswerCause.DNS)
    addresses = [ip_address(address[0]) for *_, address in answers]
    permitted = [
        address for address in addresses if is_allowed_address(address, reach.allowed_networks)
    ]
    if not permitted:
        hint = f"{addresses[0]}, unless PROBE_ALLOWED_NETWORKS has its network"
        return NoAnswer(NoAnswerCause.FORBIDDEN_ADDRESS, hint)
    first: dict[int, IPAddress] = {}
    for address in permitted:
        first.setdefault(address.version, address)
    return list(first.values())


def _parse_address(host: str) -> IPAddress | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


@dataclass(slots=True)
class _RequestTrace:
    """Measures from when the request is sent: connecting is not the app's time.

    `in_tls` is whether TLS has begun on the connection; `head` learns when the answer's head is
    complete.
    """

    head: HeadLimit
    sent_at: float = field(default_factory=monotonic)
    in_tls: bool = False

    async def __call__(self, event: str, _: Mapping[str, object]) -> None:
        if event == "http11.send_request_headers.started":
            self.sent_at = monotonic()
        self.in_tls |= event == "connection.start_tls.started"
        self.head.is_complete |= event == "http11.receive_response_headers.complete"

    def measure_seconds(self) -> float:
        return monotonic() - self.sent_at


def _build_request(
    url: str,
    there: httpx.URL,
    headers: Mapping[str, str],
    trace: _RequestTrace,
    limits: RequestLimits,
) -> httpcore.Request:
    """To the address in `there`, for `url`."""
    asked = urlsplit(url)
    sent = {
        "Host": asked.netloc,
        "Accept-Encoding": "identity",
        "Connection": "close",
        **headers,
    }
    return httpcore.Request(
        "GET",
        httpcore.URL(
            scheme=there.raw_scheme, host=there.raw_host, port=there.port, target=there.raw_path
        ),
        headers=list(sent.items()),
        extensions={
            "sni_hostname": asked.hostname,
            "trace": trace,
            "timeout": httpx.Timeout(limits.read, connect=limits.connect).as_dict(),
        },
    )


async def _send_request(
    url: str,
    there: httpx.URL,
    headers: Mapping[str, str],
    reach: RequestScope,
    trusted: ssl.SSLContext,
) -> HttpResult:
    """Use a new, bare connection: only a new one meets the present policies, and it has no cookies,
    redirects or proxies.
    """
    trace = _RequestTrace(HeadLimit())
    request = _build_request(url, there, headers, trace, reach.limits)
    try:
        async with httpcore.AsyncConnectionPool(trusted, network_backend=trace.head) as pool:
            response = await pool.handle_async_request(request)
            seconds = trace.measure_seconds()
            try:
                return await _read_answer(response, url, seconds, reach.limits)
            finally:
                await response.aclose()
    except REQUEST_ERRORS as error:
        return classify_error(error, in_tls=trace.in_tls)


async def _read_answer(
    response: httpcore.Response, url: str, seconds: float, limits: RequestLimits
) -> HttpResult:
    head = httpx.Headers(response.headers)
    if httpx.codes.is_redirect(response.status) and "Location" in head:
        return NoAnswer(_classify_redirect(url, head["Location"]))
    if head.get("Content-Encoding", "identity") != "identity":
        return NoAnswer(NoAnswerCause.COMPRESSED)  # a few bytes could unpack to gigabytes
    body, chunks = bytearray(), 0
    async for chunk in response.aiter_stream():
        body += chunk
        chunks += 1
        if len(body) > limits.body or chunks > MOST_CHUNKS:
            return NoAnswer(NoAnswerCause.TOO_LARGE)
        if chunks % CHUNKS_PER_TURN == 0:
            await asyncio.sleep(0)  # a server that sends byte by byte must not delay others
    return HttpAnswer(response.status, bytes(body), seconds)


def _classify_redirect(url: str, location: str) -> NoAnswerCause:
    try:
        same = urlsplit(urljoin(url, location)).hostname == urlsplit(url).hostname
    except ValueError:
        same = False
    return NoAnswerCause.REDIRECTED if same else NoAnswerCause.REDIRECTED_ELSEWHERE
