"""GET one URL of a student and bring back what came, whatever the server does. Alone talks to them.

The look-up of the name, the check of the address and the connection are three steps on one and
the same address, so that a name that changes its mind between look-ups gains nothing.
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

from dashboard.collect.probes.addresses import allowed
from dashboard.collect.probes.answers import Answer, Cause, Failure, Result
from dashboard.collect.probes.errors import ERRORS, failure
from dashboard.collect.probes.head import HeadLimit
from dashboard.collect.probes.lag import watched
from netpol.model import IPAddress, IPNetwork


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, and bytes of a body. What comes before it has a limit of its own."""

    connect: float = 3.0
    read: float = 25.0
    whole: float = 30.0
    body: int = 64 * 1024


@dataclass(frozen=True, slots=True)
class Reach:
    """Where probes may go and how far.

    `gateway` is the URL of a server that stands in for every host, as curl's `--resolve` has it:
    the request and the certificate check still name the host of the student's URL.
    """

    gateway: str = ""
    networks: tuple[IPNetwork, ...] = ()
    limits: Limits = field(default_factory=Limits)
    at_once: int = 20


CHUNKS = 64
MOST_CHUNKS = 4096
"""Pieces of one body. Each costs this process as much as if it were a large one."""
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


def trusted_authorities() -> ssl.SSLContext:
    """Those of the HTTP library; `SSL_CERT_FILE` names a class's own."""
    return httpx.create_ssl_context()


async def get(
    url: str, reach: Reach, trusted: ssl.SSLContext, headers: Mapping[str, str] = NO_HEADERS
) -> Result:
    """One GET within all limits. What goes wrong is a `Failure`, never an exception."""
    try:
        async with asyncio.timeout(reach.limits.whole), watched() as lag:
            result = await _get(url, reach, trusted, headers)
            return replace(result, lag=lag()) if isinstance(result, Answer) else result
    except TimeoutError:
        return Failure(Cause.TIMEOUT)


async def _get(
    url: str, reach: Reach, trusted: ssl.SSLContext, headers: Mapping[str, str]
) -> Result:
    target = urlsplit(reach.gateway or url)
    port = target.port or (443 if target.scheme == "https" else 80)
    found = await _look_up(target.hostname or "", port, reach)
    if isinstance(found, Failure):
        return found
    result: Result = Failure(Cause.DNS)
    for address in found:
        there = httpx.URL(url).copy_with(scheme=target.scheme, host=str(address), port=port)
        result = await _exchange(url, there, headers, reach, trusted)
        if not (isinstance(result, Failure) and result.cause in _TRY_THE_NEXT_ADDRESS):
            break
    return result


_TRY_THE_NEXT_ADDRESS = {Cause.REFUSED, Cause.UNREACHABLE, Cause.CONNECT_TIMEOUT}


async def _look_up(host: str, port: int, reach: Reach) -> list[IPAddress] | Failure:
    """The addresses of a host that may be probed, two at most: one for each family."""
    if reach.gateway and (spelled_out := _address(host)):
        return [spelled_out]
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(reach.limits.connect):
            answers = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return Failure(Cause.DNS)
    addresses = [ip_address(address[0]) for *_, address in answers]
    permitted = [address for address in addresses if allowed(address, reach.networks)]
    if not permitted:
        hint = f"{addresses[0]}, unless PROBE_ALLOWED_NETWORKS has its network"
        return Failure(Cause.FORBIDDEN_ADDRESS, hint)
    first: dict[int, IPAddress] = {}
    for address in permitted:
        first.setdefault(address.version, address)
    return list(first.values())


def _address(host: str) -> IPAddress | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


@dataclass(slots=True)
class _Stopwatch:
    """Runs from the moment the request goes out: connecting is not the app's time.

    `in_tls` is whether the connection was made and its encryption begun; `head` is told when the
    answer's has come.
    """

    head: HeadLimit
    began: float = field(default_factory=monotonic)
    in_tls: bool = False

    async def __call__(self, event: str, _: Mapping[str, object]) -> None:
        if event == "http11.send_request_headers.started":
            self.began = monotonic()
        self.in_tls |= event == "connection.start_tls.started"
        self.head.has_come |= event == "http11.receive_response_headers.complete"

    def seconds(self) -> float:
        return monotonic() - self.began


def _request(
    url: str, there: httpx.URL, headers: Mapping[str, str], trace: _Stopwatch, limits: Limits
) -> httpcore.Request:
    """It goes to the address in `there` and asks for `url`."""
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


async def _exchange(
    url: str, there: httpx.URL, headers: Mapping[str, str], reach: Reach, trusted: ssl.SSLContext
) -> Result:
    """A bare connection for each request: it has no cookies, redirects or proxies, and only a new
    one shows what the policies say now.
    """
    trace = _Stopwatch(HeadLimit())
    request = _request(url, there, headers, trace, reach.limits)
    try:
        async with httpcore.AsyncConnectionPool(trusted, network_backend=trace.head) as pool:
            response = await pool.handle_async_request(request)
            seconds = trace.seconds()
            try:
                return await _read(response, url, seconds, reach.limits)
            finally:
                await response.aclose()
    except ERRORS as error:
        return failure(error, in_tls=trace.in_tls)


async def _read(response: httpcore.Response, url: str, seconds: float, limits: Limits) -> Result:
    head = httpx.Headers(response.headers)
    if httpx.codes.is_redirect(response.status) and "Location" in head:
        return Failure(_redirected(url, head["Location"]))
    if head.get("Content-Encoding", "identity") != "identity":
        return Failure(Cause.COMPRESSED)  # a few bytes could unpack to gigabytes
    body, chunks = bytearray(), 0
    async for chunk in response.aiter_stream():
        body += chunk
        chunks += 1
        if len(body) > limits.body or chunks > MOST_CHUNKS:
            return Failure(Cause.TOO_LARGE)
        if chunks % CHUNKS == 0:
            await asyncio.sleep(0)  # one who sends byte by byte must not keep the others waiting
    return Answer(response.status, bytes(body), seconds)


def _redirected(url: str, location: str) -> Cause:
    try:
        same = urlsplit(urljoin(url, location)).hostname == urlsplit(url).hostname
    except ValueError:
        same = False
    return Cause.REDIRECTED if same else Cause.REDIRECTED_ELSEWHERE
