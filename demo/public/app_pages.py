"""What a student's app answers through the gateway, at a moment and under the policies then."""

import json
from dataclasses import dataclass
from datetime import datetime

from demo.classroom.roster import StudentNamespace
from demo.classroom.stories import Quirk

REDIS_TIMEOUT = 2.0
"""Seconds; the app sets it."""
DNS_TIMEOUT = 20.0
"""Seconds; what the resolver's tries add up to."""
CONNECT_TIMEOUT = 5.0
"""Seconds; the gateway's."""


@dataclass(frozen=True, slots=True)
class TimedReply:
    """An HTTP answer and how long it takes."""

    status: int
    body: str
    seconds: float = 0.0
    content_type: str = "text/plain; charset=utf-8"


def build_app_reply(namespace: StudentNamespace, path: str, moment: datetime) -> TimedReply:
    """The gateway's own words come first: it asks no app that is not ready."""
    if not namespace.app_state_at(moment).ready:
        return TimedReply(503, "no healthy upstream")
    if not namespace.open_flows_at(moment).gateway_to_app:
        return refuse_gateway(namespace)
    match path:
        case "/":
            return TimedReply(200, f"Simulated app of {namespace.student.login}\n")
        case "/health" | "/visits":
            return _reply_with_redis(namespace, path, moment)
    return json_reply(404, {"error": "Not found"})


def refuse_gateway(namespace: StudentNamespace) -> TimedReply:
    """The gateway in the words of Envoy, who on Cilium is told at once that it may not."""
    if namespace.quirk is Quirk.CILIUM:
        return TimedReply(403, "Access denied\r\n")
    reason = "upstream connect error or disconnect/reset before headers. reset reason: "
    return TimedReply(503, reason + "connection timeout", CONNECT_TIMEOUT)


def _reply_with_redis(namespace: StudentNamespace, path: str, moment: datetime) -> TimedReply:
    through = namespace.open_flows_at(moment)
    waited = REDIS_TIMEOUT if through.app_to_dns else DNS_TIMEOUT
    match path, through.app_to_dns and through.app_to_redis:
        case "/health", True:
            return json_reply(200, {"status": "healthy", "redis": "connected"})
        case "/health", False:
            return json_reply(200, {"status": "healthy", "redis": "disconnected"}, waited)
        case _, True:
            return json_reply(200, {"visits": 100 + int(moment.timestamp() // 60) % 10_000})
    return json_reply(503, {"error": "Redis unavailable"}, waited)


def json_reply(status: int, body: dict[str, object], seconds: float = 0.0) -> TimedReply:
    return TimedReply(status, json.dumps(body), seconds, "application/json")
