"""The result of one GET of a student's URL: an answer, or why there is none."""

import ssl
from dataclasses import dataclass
from enum import StrEnum

import httpcore

from dashboard.collect.http.head_limit import HeadTooLargeError


class NoAnswerCause(StrEnum):
    """Why there is no readable answer."""

    DNS = "dns"
    FORBIDDEN_ADDRESS = "forbidden-address"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    CONNECT_TIMEOUT = "connect-timeout"
    TLS = "tls"
    TIMEOUT = "timeout"
    BROKEN = "broken"
    REDIRECTED = "redirected"
    REDIRECTED_ELSEWHERE = "redirected-elsewhere"
    TOO_LARGE = "too-large"
    COMPRESSED = "compressed"
    OUT_OF_TIME = "out-of-time"


PATH_ONLY_CAUSES = frozenset(
    {
        NoAnswerCause.BROKEN,
        NoAnswerCause.REDIRECTED,
        NoAnswerCause.REDIRECTED_ELSEWHERE,
        NoAnswerCause.TOO_LARGE,
        NoAnswerCause.COMPRESSED,
    }
)
"""These say nothing about the other URLs of the same host."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An HTTP answer. `seconds` passed between sending the request and its first line.

    `lag` is how much of that this process may have been too busy to look.
    """

    status: int
    body: bytes
    seconds: float
    lag: float = 0.0


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """`detail` comes from this program or the TLS library, never from the student's server."""

    cause: NoAnswerCause
    detail: str = ""


HttpResult = HttpAnswer | NoAnswer

REQUEST_ERRORS = (
    HeadTooLargeError,
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    OSError,
)
"""After the handshake TLS raises an OSError, not one of the HTTP library's."""


def classify_error(error: Exception, *, in_tls: bool) -> NoAnswer:
    """Why a request that raised this has no answer; `in_tls` is whether TLS had begun."""
    root: BaseException = error
    while inner := root.__cause__ or root.__context__:  # the HTTP library wraps it several deep
        root = inner
    if isinstance(root, ssl.SSLCertVerificationError):
        return NoAnswer(NoAnswerCause.TLS, root.verify_message)
    match error:
        case HeadTooLargeError():
            cause = NoAnswerCause.TOO_LARGE
        case httpcore.ConnectTimeout() | httpcore.ConnectError() if in_tls:
            cause = NoAnswerCause.TLS
        case ssl.SSLError():
            cause = NoAnswerCause.TLS
        case httpcore.ConnectTimeout():
            cause = NoAnswerCause.CONNECT_TIMEOUT
        case httpcore.ConnectError():
            refused = isinstance(root, ConnectionRefusedError)
            cause = NoAnswerCause.REFUSED if refused else NoAnswerCause.UNREACHABLE
        case httpcore.TimeoutException():
            # Its root may be TLS that wanted to read on, which is no error.
            cause = NoAnswerCause.TIMEOUT
        case _:
            cause = NoAnswerCause.BROKEN
    return NoAnswer(cause)
