"""What an answer of a student's app proves about the flows behind it, and what it leaves open.

Pure. The app opens a new connection to Redis for each request and gives up after two seconds; a
name look-up that nobody answers takes about twenty. So the time an answer took says which of the
two was dropped. What is not proven is unknown, with the reason.
"""

import json
from collections.abc import Mapping

from dashboard.collect.http.answers import HttpAnswer, HttpResult, NoAnswer
from dashboard.collect.methods.gateway import judge_gateway_error, judge_no_answer
from dashboard.collect.methods.probe_result import BLOCKED, REACHED, UNKNOWN, ProbeResult
from dashboard.models import ProbeSign
from netpol.lab import ProbeReading, ProbeRole

FAILED_AT_ONCE = 1.0
REDIS_DROPPED = (1.5, 4.5)
DNS_DROPPED = 15.0
GAVE_UP = 4.5
"""Seconds; the gaps between them prove nothing. A gateway that gave up on the app after the last of
them waited longer than for Redis, and the app waits for nothing else but a name.
"""
MOST_LAG = 0.4
"""Seconds by which this process may look too late and still tell them apart."""

ResultsByRole = Mapping[ProbeRole, ProbeResult]
_APP_ANSWERED = ProbeResult(REACHED, ProbeSign.ANSWERED, "the app answered")


def judge_app_answer(reading: ProbeReading, result: HttpResult) -> ResultsByRole:
    """What the answer to one of the app's URLs says of the flow in each role."""
    if isinstance(result, NoAnswer):
        return _same_for_all(judge_no_answer(result))
    if (error := judge_gateway_error(result, "the app")) is None:
        return _judge_app_body(reading, result)
    if error.sign is ProbeSign.TIMEOUT and result.seconds - result.lag >= GAVE_UP:
        reason = "the gateway gave up waiting; the app did not answer"
        return _judge_dns_drop(ProbeResult(UNKNOWN, ProbeSign.TIMEOUT, reason))
    rest = ProbeResult(UNKNOWN, ProbeSign.NOT_TRIED, "not tried: the request did not reach the app")
    return _by_role(error, rest, rest)


def _judge_app_body(reading: ProbeReading, answer: HttpAnswer) -> ResultsByRole:
    try:
        content = json.loads(answer.body.decode())
    except UnicodeDecodeError:
        return _judge_other_words(f"answered {answer.status} with text that is not UTF-8")
    except (ValueError, RecursionError):
        return _judge_other_words(
            f"answered {answer.status}, but not with JSON: not the app's words"
        )
    match reading, answer.status, content:
        case ProbeReading.APP_HEALTH, 200, {"redis": "connected"}:
            reason = "the app answered and is connected to Redis"
            return _same_for_all(ProbeResult(REACHED, ProbeSign.ANSWERED, reason))
        case ProbeReading.APP_VISITS, 200, {"visits": int()}:
            reason = "the app answered and counted the visit in Redis"
            return _same_for_all(ProbeResult(REACHED, ProbeSign.COUNTED, reason))
        case (ProbeReading.APP_HEALTH, 200, {"redis": "disconnected"}) | (
            ProbeReading.APP_VISITS,
            503,
            {"error": "Redis unavailable"},
        ):
            return _judge_redis_failure(answer)
    return _judge_other_words(f"answered {answer.status} with other JSON than the app's")


def _judge_redis_failure(answer: HttpAnswer) -> ResultsByRole:
    """The app itself answered that it has no Redis; the time it took says why."""
    if answer.lag > MOST_LAG:
        reason = "Redis failed, and the prober was too busy to time it"
        busy = ProbeResult(UNKNOWN, ProbeSign.UNCLEAR, reason)
        return _by_role(_APP_ANSWERED, busy, busy)
    if answer.seconds >= DNS_DROPPED:
        return _judge_dns_drop(_APP_ANSWERED)
    if REDIS_DROPPED[0] <= answer.seconds <= REDIS_DROPPED[1]:
        found = "the app found Redis' address before its connection timed out"
        dropped = "the app's connection to Redis timed out: dropped on the way"
        return _by_role(
            _APP_ANSWERED,
            ProbeResult(REACHED, ProbeSign.ANSWERED, found),
            ProbeResult(BLOCKED, ProbeSign.DROPPED, dropped),
        )
    if answer.seconds < FAILED_AT_ONCE:
        no_name = "Redis failed at once: its name may not exist, or needed no DNS"
        refused = "refused: nobody listens, or the name is not known; nothing was dropped"
        return _by_role(
            _APP_ANSWERED,
            ProbeResult(UNKNOWN, ProbeSign.UNCLEAR, no_name),
            ProbeResult(UNKNOWN, ProbeSign.REFUSED, refused),
        )
    reason = "Redis failed after a time that fits neither a drop nor a refusal"
    unclear = ProbeResult(UNKNOWN, ProbeSign.UNCLEAR, reason)
    return _by_role(_APP_ANSWERED, unclear, unclear)


def _judge_dns_drop(app: ProbeResult) -> ResultsByRole:
    dropped = "the app waited for a name look-up that nobody answered"
    not_tried = "not tried: Redis' name was never found"
    return _by_role(
        app,
        ProbeResult(BLOCKED, ProbeSign.DROPPED, dropped),
        ProbeResult(UNKNOWN, ProbeSign.NOT_TRIED, not_tried),
    )


def _judge_other_words(reason: str) -> ResultsByRole:
    return _same_for_all(ProbeResult(UNKNOWN, ProbeSign.NOT_ITS_WORDS, reason))


def _same_for_all(result: ProbeResult) -> ResultsByRole:
    return _by_role(result, result, result)


def _by_role(app: ProbeResult, dns: ProbeResult, redis: ProbeResult) -> ResultsByRole:
    return {ProbeRole.APP: app, ProbeRole.DNS: dns, ProbeRole.REDIS: redis}
