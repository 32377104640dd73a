"""What the gateway's own answers prove, in place of those of the program behind it. Pure."""

from collections.abc import Mapping

from dashboard.collect.http.answers import HttpAnswer, NoAnswer
from dashboard.collect.http.answers import NoAnswerCause as Cause
from dashboard.collect.methods.probe_result import BLOCKED, UNKNOWN, ProbeResult
from dashboard.models import ProbeSign


def judge_gateway_error(answer: HttpAnswer, whom: str) -> ProbeResult | None:
    """What the gateway (Envoy) says of its way to `whom`; `None` when these are not its words."""
    words = answer.body[:400].decode(errors="replace").strip().lower()
    match answer.status:
        case 503 if words == "no healthy upstream":
            reason = f"{whom} is not ready: the gateway has no healthy endpoint for it"
            return ProbeResult(UNKNOWN, ProbeSign.GATEWAY_HAS_NO_ENDPOINT, reason)
        case 502 | 503 | 504 if words.startswith("upstream connect error"):
            return _judge_connect_error(words, whom)
        case 403 if words in {"access denied", "rbac: access denied"}:
            return ProbeResult(
                BLOCKED, ProbeSign.GATEWAY_DENIED, f"the gateway was denied access to {whom}"
            )
        case 404 if not words:
            return ProbeResult(
                UNKNOWN, ProbeSign.NO_ROUTE, "the gateway knows no route for this host"
            )
        case 504:
            return ProbeResult(
                UNKNOWN,
                ProbeSign.TIMEOUT,
                f"the gateway gave up, too early to tell what {whom} waited for",
            )
    return None


_NOT_A_DROP = (
    *("termination", "protocol error", "overflow", "remote reset", "113"),
    *("no route to host", "unreachable"),
)
"""Envoy's reset reasons where a connection was open, was never tried, or has no route."""


def _judge_connect_error(words: str, whom: str) -> ProbeResult:
    if "111" in words or "connection refused" in words:
        return ProbeResult(
            UNKNOWN, ProbeSign.REFUSED, f"refused: nobody listens on the port of {whom}"
        )
    if any(reset in words for reset in _NOT_A_DROP):
        return ProbeResult(UNKNOWN, ProbeSign.UNCLEAR, f"the gateway's connection to {whom} broke")
    return ProbeResult(
        BLOCKED, ProbeSign.GATEWAY_NOT_CONNECTED, f"the gateway could not connect to {whom}"
    )


def judge_no_answer(failure: NoAnswer) -> ProbeResult:
    """No readable answer came; the detail is this program's or the TLS library's."""
    sign, words = _SIGNS_BY_CAUSE[failure.cause]
    return ProbeResult(UNKNOWN, sign, f"{words}: {failure.detail}" if failure.detail else words)


_SIGNS_BY_CAUSE: Mapping[Cause, tuple[ProbeSign, str]] = {
    Cause.DNS: (
        ProbeSign.DNS_FAILURE,
        "DNS failure: the public name was not found from here",
    ),
    Cause.FORBIDDEN_ADDRESS: (
        ProbeSign.FORBIDDEN,
        "the public name leads to an address that may not be probed",
    ),
    Cause.REFUSED: (ProbeSign.REFUSED, "refused: nobody listens at the public address"),
    Cause.UNREACHABLE: (
        ProbeSign.UNREACHABLE,
        "the public address cannot be reached from here",
    ),
    Cause.CONNECT_TIMEOUT: (
        ProbeSign.TIMEOUT,
        "the public address did not accept a connection in time",
    ),
    Cause.TLS: (ProbeSign.TLS_FAILURE, "TLS failure"),
    Cause.TIMEOUT: (
        ProbeSign.TIMEOUT,
        "no answer in time: the app or the way to it is silent, DNS may be dropped",
    ),
    Cause.BROKEN: (ProbeSign.NOT_ITS_WORDS, "the answer broke off or was not HTTP"),
    Cause.REDIRECTED: (
        ProbeSign.NOT_ITS_WORDS,
        "redirected, and redirects are not followed",
    ),
    Cause.REDIRECTED_ELSEWHERE: (ProbeSign.NOT_ITS_WORDS, "redirected to another host"),
    Cause.TOO_LARGE: (ProbeSign.NOT_ITS_WORDS, "the answer is larger than the app's would ever be"),
    Cause.COMPRESSED: (
        ProbeSign.NOT_ITS_WORDS,
        "the answer is compressed, which was not asked for",
    ),
    Cause.OUT_OF_TIME: (
        ProbeSign.OUT_OF_TIME,
        "not asked: the host's other answers took all the time there is for it",
    ),
}
