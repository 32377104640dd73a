"""The result of one GET of a student's URL: an answer, or why there is none."""

from dataclasses import dataclass
from enum import StrEnum


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
