"""What one answer of a student's app proves about the flows behind it, and what it leaves open.

Pure. The app opens a new connection to Redis for each request and gives up after two seconds, and
a name look-up that nobody answers takes about twenty: so how long an answer took says which
of the two was dropped. What is not proven is unknown, with the reason. A reason holds no number
that varies from look to look and nothing that the student's server wrote, for equal reasons
make one interval.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.models import ObservedOutcome
from dashboard.probes.answers import Answer, Cause, Failure, Result
from netpol.lab import Reading, Role

AT_ONCE = 1.0
REDIS_DROPPED = (1.5, 8.0)
DNS_DROPPED = 15.0
"""Seconds; the gaps between them belong to nobody."""


@dataclass(frozen=True, slots=True)
class Finding:
    outcome: ObservedOutcome
    reason: str


Findings = Mapping[Role, Finding]


def read(reading: Reading, result: Result) -> Findings:
    """A finding for each role: what this result says of the flow in that role."""
    match result:
        case Failure():
            return _everywhere(_no_answer(result))
        case Answer():
            return _gateway(result) or _app(reading, result)


def _app(reading: Reading, answer: Answer) -> Findings:
    try:
        said = json.loads(answer.body.decode())
    except UnicodeDecodeError:
        return _everywhere(f"answered {answer.status} with text that is not UTF-8")
    except (ValueError, RecursionError):
        return _everywhere(f"answered {answer.status}, but not with JSON: not the app's words")
    return _read(reading, answer, said)


def _read(reading: Reading, answer: Answer, said: object) -> Findings:
    match reading, answer.status, said:
        case Reading.APP_HEALTH, 200, {"redis": "connected"}:
            return _all_reached("the app answered and is connected to Redis")
        case Reading.APP_VISITS, 200, {"visits": int()}:
            return _all_reached("the app answered and counted the visit in Redis")
        case Reading.APP_HEALTH, 200, {"redis": "disconnected"}:
            return _without_redis(answer.seconds)
        case Reading.APP_VISITS, 503, {"error": "Redis unavailable"}:
            return _without_redis(answer.seconds)
    return _everywhere(f"answered {answer.status} with other JSON than the app's")


def _without_redis(seconds: float) -> Findings:
    """The app itself answered that it has no Redis; the time it took says why."""
    app = _reached("the app answered")
    if seconds >= DNS_DROPPED:
        return _dns_dropped(app)
    if REDIS_DROPPED[0] <= seconds <= REDIS_DROPPED[1]:
        return {
            Role.APP: app,
            Role.DNS: _reached("the app found Redis' address before its connection timed out"),
            Role.REDIS: _blocked("the app's connection to Redis timed out: dropped on the way"),
        }
    if seconds < AT_ONCE:
        return {
            Role.APP: app,
            Role.DNS: _unknown("Redis failed at once: its name may not exist, or needed no DNS"),
            Role.REDIS: _unknown(
                "refused: nobody listens, or the name is not known; nothing was dropped"
            ),
        }
    unclear = _unknown("Redis failed after a time that fits neither a drop nor a refusal")
    return {Role.APP: app, Role.DNS: unclear, Role.REDIS: unclear}


def _dns_dropped(app: Finding) -> Findings:
    return {
        Role.APP: app,
        Role.DNS: _blocked("the app waited for a name look-up that nobody answered"),
        Role.REDIS: _unknown("not tried: Redis' name was never found"),
    }


def _gateway(answer: Answer) -> Findings | None:
    """What the gateway (Envoy) said in the app's place; `None` when these are not its words."""
    words = answer.body[:400].decode(errors="replace").strip().lower()
    match answer.status:
        case 503 if words == "no healthy upstream":
            return _everywhere("app not ready: the gateway has no healthy endpoint for it")
        case 502 | 503 | 504 if words.startswith("upstream connect error"):
            return _not_connected(words)
        case 403 if words in {"access denied", "rbac: access denied"}:
            return _not_past_the_gateway(_blocked("the gateway was denied access to the app"))
        case 504 if answer.seconds >= DNS_DROPPED:
            return _dns_dropped(_unknown("the gateway gave up waiting; the app did not answer"))
        case 504:
            return _everywhere("the gateway gave up, too early to tell what the app waited for")
    return None


def _not_connected(words: str) -> Findings:
    if "111" in words or "connection refused" in words:
        return _not_past_the_gateway(_unknown("refused: nobody listens on the app's port"))
    if any(reset in words for reset in _NOT_A_DROP):
        return _not_past_the_gateway(_unknown("the gateway's connection to the app broke"))
    return _not_past_the_gateway(_blocked("the gateway could not connect to the app"))


_NOT_A_DROP = ("termination", "protocol error", "overflow", "remote reset", "113")
"""Envoy's reset reasons where a connection was open, was never tried, or has no route."""


def _not_past_the_gateway(app: Finding) -> Findings:
    rest = _unknown("not tried: the request did not reach the app")
    return {Role.APP: app, Role.DNS: rest, Role.REDIS: rest}


def _no_answer(failure: Failure) -> str:
    words = _NO_ANSWER[failure.cause]
    return f"{words}: {failure.detail}" if failure.detail else words


_NO_ANSWER: Mapping[Cause, str] = {
    Cause.NO_ADDRESS: "the namespace's student is no login that a host name could hold",
    Cause.DNS: "DNS failure: the public name was not found from here",
    Cause.FORBIDDEN_ADDRESS: "the public name leads to an address that may not be probed",
    Cause.REFUSED: "refused: nobody listens at the public address",
    Cause.UNREACHABLE: "the public address cannot be reached from here",
    Cause.CONNECT_TIMEOUT: "the public address did not accept a connection in time",
    Cause.TLS: "TLS failure",
    Cause.TIMEOUT: "no answer in time: the app or the way to it is silent, DNS may be dropped",
    Cause.BROKEN: "the answer broke off or was not HTTP",
    Cause.REDIRECTED: "redirected, and redirects are not followed",
    Cause.REDIRECTED_ELSEWHERE: "redirected to another host",
    Cause.TOO_LARGE: "the answer is larger than the app's would ever be",
    Cause.COMPRESSED: "the answer is compressed, which was not asked for",
}


def _everywhere(reason: str) -> Findings:
    return dict.fromkeys(Role, _unknown(reason))


def _all_reached(reason: str) -> Findings:
    return dict.fromkeys(Role, _reached(reason))


def _reached(reason: str) -> Finding:
    return Finding(ObservedOutcome.REACHED, reason)


def _blocked(reason: str) -> Finding:
    return Finding(ObservedOutcome.BLOCKED, reason)


def _unknown(reason: str) -> Finding:
    return Finding(ObservedOutcome.UNKNOWN, reason)
