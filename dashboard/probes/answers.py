"""What came back from one GET of a student's URL: an answer, or why there is none."""

from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """Why there is no answer that could be read."""

    NO_ADDRESS = "no-address"
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


PATH_ONLY = frozenset(
    {
        Cause.BROKEN,
        Cause.REDIRECTED,
        Cause.REDIRECTED_ELSEWHERE,
        Cause.TOO_LARGE,
        Cause.COMPRESSED,
    }
)
"""Causes that say nothing about the other URLs of the same host."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer. `seconds` passed between sending the request and its first line."""

    status: int
    body: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class Failure:
    """`detail` is written by us or by the TLS library, never by the student's server."""

    cause: Cause
    detail: str = ""


Result = Answer | Failure
