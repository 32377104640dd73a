"""What any request through the gateway tells before the student's own program has its say. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.collect.probes.answers import Answer, Cause, Failure
from dashboard.models import ObservedOutcome, Sign


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look says of one flow."""

    outcome: ObservedOutcome
    sign: Sign
    reason: str


def reached(sign: Sign, reason: str) -> Finding:
    return Finding(ObservedOutcome.REACHED, sign, reason)


def blocked(sign: Sign, reason: str) -> Finding:
    return Finding(ObservedOutcome.BLOCKED, sign, reason)


def unknown(sign: Sign, reason: str) -> Finding:
    return Finding(ObservedOutcome.UNKNOWN, sign, reason)


def gateway_words(answer: Answer, whom: str) -> Finding | None:
    """What the gateway (Envoy) says of its way to `whom`; `None` when these are not its words."""
    words = answer.body[:400].decode(errors="replace").strip().lower()
    match answer.status:
        case 503 if words == "no healthy upstream":
            reason = f"{whom} is not ready: the gateway has no healthy endpoint for it"
            return unknown(Sign.GATEWAY_HAS_NO_ENDPOINT, reason)
        case 502 | 503 | 504 if words.startswith("upstream connect error"):
            return _not_connected(words, whom)
        case 403 if words in {"access denied", "rbac: access denied"}:
            return blocked(Sign.GATEWAY_DENIED, f"the gateway was denied access to {whom}")
        case 404 if not words:
            return unknown(Sign.NO_ROUTE, "the gateway knows no route for this host")
        case 504:
            return unknown(
                Sign.TIMEOUT, f"the gateway gave up, too early to tell what {whom} waited for"
            )
    return None


_NOT_A_DROP = (
    *("termination", "protocol error", "overflow", "remote reset", "113"),
    *("no route to host", "unreachable"),
)
"""Envoy's reset reasons where a connection was open, was never tried, or has no route."""


def _not_connected(words: str, whom: str) -> Finding:
    if "111" in words or "connection refused" in words:
        return unknown(Sign.REFUSED, f"refused: nobody listens on the port of {whom}")
    if any(reset in words for reset in _NOT_A_DROP):
        return unknown(Sign.UNCLEAR, f"the gateway's connection to {whom} broke")
    return blocked(Sign.GATEWAY_NOT_CONNECTED, f"the gateway could not connect to {whom}")


def no_answer(failure: Failure) -> Finding:
    """Nothing came that could be read; the detail is this program's or the TLS library's."""
    sign, words = _NO_ANSWER[failure.cause]
    return unknown(sign, f"{words}: {failure.detail}" if failure.detail else words)


_NO_ANSWER: Mapping[Cause, tuple[Sign, str]] = {
    Cause.DNS: (Sign.DNS_FAILURE, "DNS failure: the public name was not found from here"),
    Cause.FORBIDDEN_ADDRESS: (
        Sign.FORBIDDEN,
        "the public name leads to an address that may not be probed",
    ),
    Cause.REFUSED: (Sign.REFUSED, "refused: nobody listens at the public address"),
    Cause.UNREACHABLE: (Sign.UNREACHABLE, "the public address cannot be reached from here"),
    Cause.CONNECT_TIMEOUT: (
        Sign.TIMEOUT,
        "the public address did not accept a connection in time",
    ),
    Cause.TLS: (Sign.TLS_FAILURE, "TLS failure"),
    Cause.TIMEOUT: (
        Sign.TIMEOUT,
        "no answer in time: the app or the way to it is silent, DNS may be dropped",
    ),
    Cause.BROKEN: (Sign.NOT_ITS_WORDS, "the answer broke off or was not HTTP"),
    Cause.REDIRECTED: (Sign.NOT_ITS_WORDS, "redirected, and redirects are not followed"),
    Cause.REDIRECTED_ELSEWHERE: (Sign.NOT_ITS_WORDS, "redirected to another host"),
    Cause.TOO_LARGE: (Sign.NOT_ITS_WORDS, "the answer is larger than the app's would ever be"),
    Cause.COMPRESSED: (Sign.NOT_ITS_WORDS, "the answer is compressed, which was not asked for"),
    Cause.OUT_OF_TIME: (
        Sign.OUT_OF_TIME,
        "not asked: the host's other answers took all the time there is for it",
    ),
}
