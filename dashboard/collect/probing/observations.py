"""What one answer of a student's app proves about the flows behind it, and what it leaves open.

Pure. The app opens a new connection to Redis for each request and gives up after two seconds, and
a name look-up that nobody answers takes about twenty: so how long an answer took says which
of the two was dropped. What is not proven is unknown, with the reason. A reason holds no number
that varies from look to look and nothing that the student's server wrote, for equal reasons
make one interval.
"""

import json
from collections.abc import Mapping

from dashboard.collect.probes.answers import Answer, Failure, Result
from dashboard.collect.probing.gateway import (
    Finding,
    blocked,
    gateway_words,
    no_answer,
    reached,
    unknown,
)
from dashboard.models import Sign
from netpol.lab import ProbeReading, ProbeRole

AT_ONCE = 1.0
REDIS_DROPPED = (1.5, 4.5)
DNS_DROPPED = 15.0
GAVE_UP = 4.5
"""Seconds; the gaps between them belong to nobody. A gateway that gave up on the app after the last
of them waited longer than for Redis, and the app waits for nothing else but a name.
"""
MOST_LAG = 0.4
"""Seconds by which this process may have looked too late and still tell them apart."""

Findings = Mapping[ProbeRole, Finding]
APP_ROLES = (ProbeRole.APP, ProbeRole.DNS, ProbeRole.REDIS)


def read(reading: ProbeReading, result: Result) -> Findings:
    """A finding for each role: what this result says of the flow in that role."""
    match result:
        case Failure():
            return _everywhere(no_answer(result))
        case Answer():
            return _gateway(result) or _app(reading, result)


def _gateway(answer: Answer) -> Findings | None:
    """What the gateway said in the app's place; `None` when these are not its words."""
    found = gateway_words(answer, "the app")
    if found is None:
        return None
    if found.sign is Sign.TIMEOUT and answer.seconds - answer.lag >= GAVE_UP:
        silent = unknown(Sign.TIMEOUT, "the gateway gave up waiting; the app did not answer")
        return _dns_dropped(silent)
    return _not_past_the_gateway(found)


def _app(reading: ProbeReading, answer: Answer) -> Findings:
    try:
        said = json.loads(answer.body.decode())
    except UnicodeDecodeError:
        return _not_its_words(f"answered {answer.status} with text that is not UTF-8")
    except (ValueError, RecursionError):
        return _not_its_words(f"answered {answer.status}, but not with JSON: not the app's words")
    return _read(reading, answer, said)


def _read(reading: ProbeReading, answer: Answer, said: object) -> Findings:
    match reading, answer.status, said:
        case ProbeReading.APP_HEALTH, 200, {"redis": "connected"}:
            return _all_reached(Sign.ANSWERED, "the app answered and is connected to Redis")
        case ProbeReading.APP_VISITS, 200, {"visits": int()}:
            return _all_reached(Sign.COUNTED, "the app answered and counted the visit in Redis")
        case ProbeReading.APP_HEALTH, 200, {"redis": "disconnected"}:
            return _without_redis(answer)
        case ProbeReading.APP_VISITS, 503, {"error": "Redis unavailable"}:
            return _without_redis(answer)
    return _not_its_words(f"answered {answer.status} with other JSON than the app's")


def _without_redis(answer: Answer) -> Findings:
    """The app itself answered that it has no Redis; the time it took says why."""
    app = reached(Sign.ANSWERED, "the app answered")
    if answer.lag > MOST_LAG:
        busy = unknown(Sign.UNCLEAR, "Redis failed, and the prober was too busy to time it")
        return {ProbeRole.APP: app, ProbeRole.DNS: busy, ProbeRole.REDIS: busy}
    if answer.seconds >= DNS_DROPPED:
        return _dns_dropped(app)
    if REDIS_DROPPED[0] <= answer.seconds <= REDIS_DROPPED[1]:
        return {
            ProbeRole.APP: app,
            ProbeRole.DNS: reached(
                Sign.ANSWERED, "the app found Redis' address before its connection timed out"
            ),
            ProbeRole.REDIS: blocked(
                Sign.DROPPED, "the app's connection to Redis timed out: dropped on the way"
            ),
        }
    if answer.seconds < AT_ONCE:
        return {
            ProbeRole.APP: app,
            ProbeRole.DNS: unknown(
                Sign.UNCLEAR, "Redis failed at once: its name may not exist, or needed no DNS"
            ),
            ProbeRole.REDIS: unknown(
                Sign.REFUSED,
                "refused: nobody listens, or the name is not known; nothing was dropped",
            ),
        }
    unclear = unknown(
        Sign.UNCLEAR, "Redis failed after a time that fits neither a drop nor a refusal"
    )
    return {ProbeRole.APP: app, ProbeRole.DNS: unclear, ProbeRole.REDIS: unclear}


def _dns_dropped(app: Finding) -> Findings:
    return {
        ProbeRole.APP: app,
        ProbeRole.DNS: blocked(
            Sign.DROPPED, "the app waited for a name look-up that nobody answered"
        ),
        ProbeRole.REDIS: unknown(Sign.NOT_TRIED, "not tried: Redis' name was never found"),
    }


def _not_past_the_gateway(app: Finding) -> Findings:
    rest = unknown(Sign.NOT_TRIED, "not tried: the request did not reach the app")
    return {ProbeRole.APP: app, ProbeRole.DNS: rest, ProbeRole.REDIS: rest}


def _not_its_words(reason: str) -> Findings:
    return _everywhere(unknown(Sign.NOT_ITS_WORDS, reason))


def _everywhere(finding: Finding) -> Findings:
    return dict.fromkeys(APP_ROLES, finding)


def _all_reached(sign: Sign, reason: str) -> Findings:
    return _everywhere(reached(sign, reason))
