"""A student's Uptime Kuma: the part of it that answers without signing in, and its metrics.

Most run 1.23, as the course has it; some run 2.1, which calls its incidents otherwise.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta

from demo.classroom.roster import Classroom, SimulatedStudent, StudentNamespace
from demo.classroom.stories import Quirk
from demo.public.app_pages import TimedReply, build_app_reply, json_reply, refuse_gateway

SLUG = "class"
BEATS = 50
INTERVAL = timedelta(seconds=60)
STOPPED = timedelta(minutes=20)
"""How long before the start the one that stopped sent its last beat."""
FOREVER = 60.0
"""Seconds; longer than anybody waits for what 1.23 never answers."""
MONITORS: Mapping[tuple[str, str], str] = {
    ("dev", "/health"): "my app",
    ("dev", "/visits"): "counter",
    ("prod", "/health"): "production",
}
"""What is watched, and how one student calls it in words that tell nobody else what it is."""

Beat = dict[str, object]


def metrics_key(owner: SimulatedStudent) -> str:
    """The API key with which an instructor may read the metrics. It opens nothing but these."""
    return f"uk1_simulated-{owner.number}"


def has_version_2(owner: SimulatedStudent) -> bool:
    return owner.number % 4 == 3


def build_status_reply(
    room: Classroom,
    owner: SimulatedStudent,
    path: str,
    headers: Mapping[str, str],
    moment: datetime,
) -> TimedReply:
    """Uptime Kuma is always ready: only the gateway's way to it can be closed."""
    own = room.dev_namespace(owner)
    if own.quirk is Quirk.DETACHED:
        return TimedReply(404, "")
    if not own.open_flows_at(moment).gateway_to_kuma:
        return refuse_gateway(own)
    if path in {"/", f"/status/{SLUG}"}:
        text = f"<!doctype html><title>Simulated status page of {owner.login}</title>\n"
        return TimedReply(200, text, content_type="text/html; charset=utf-8")
    if path == "/metrics":
        return _format_metrics(room, owner, headers.get("authorization", ""), moment)
    return _build_api_reply(room, owner, path, moment)


def _build_api_reply(
    room: Classroom, owner: SimulatedStudent, path: str, moment: datetime
) -> TimedReply:
    match path.strip("/").split("/"):
        case ["api", "entry-page"]:
            return json_reply(200, {"type": "entryPage", "entryPage": f"statusPage-{SLUG}"})
        case ["api", "status-page", "heartbeat", slug]:
            beats = _list_heartbeats(room, owner, moment) if slug == SLUG else ({}, {})
            return json_reply(200, dict(zip(("heartbeatList", "uptimeList"), beats, strict=True)))
        case ["api", "status-page", slug]:
            if slug != SLUG:
                return _reply_without_page(owner)
            return json_reply(200, _build_page(room, owner))
    return TimedReply(404, "Not Found")


def _build_page(room: Classroom, owner: SimulatedStudent) -> dict[str, object]:
    monitors = [
        {"id": number, "name": _monitor_name(owner, monitor), "sendUrl": 0, "type": "http"}
        for number, monitor in _list_monitors(room, owner).items()
    ]
    config: dict[str, object] = {
        "slug": SLUG, "title": owner.login, "published": True, "theme": "auto"
    }  # fmt: skip
    incidents: dict[str, object] = {"incident": None}
    if has_version_2(owner):
        config |= {"autoRefreshInterval": 300, "analyticsId": None, "rssTitle": None}
        incidents = {"incidents": []}
    return {
        "config": config,
        **incidents,
        "publicGroupList": [{"id": 1, "name": "Services", "weight": 1, "monitorList": monitors}],
        "maintenanceList": [],
    }


def _reply_without_page(owner: SimulatedStudent) -> TimedReply:
    if not has_version_2(owner):
        return TimedReply(404, "", FOREVER)
    return json_reply(404, {"status": "fail", "msg": "Status Page Not Found"})


def _monitor_name(owner: SimulatedStudent, monitor: tuple[str, str]) -> str:
    if owner.story.quirk is Quirk.KUMA_NAMES:
        return MONITORS[monitor]
    return " ".join(monitor)


def _list_heartbeats(
    room: Classroom, owner: SimulatedStudent, moment: datetime
) -> tuple[dict[str, list[Beat]], dict[str, float]]:
    newest = _newest_beat_time(room, owner, moment)
    moments = [newest - INTERVAL * back for back in reversed(range(BEATS))]
    own = room.dev_namespace(owner)
    beats = {
        str(number): [
            _build_beat(_watched_namespace(room, owner, monitor), own, monitor[1], at)
            for at in moments
        ]
        for number, monitor in _list_monitors(room, owner).items()
    }
    return beats, {f"{number}_24": _share_up(each) for number, each in beats.items()}


def _newest_beat_time(room: Classroom, owner: SimulatedStudent, moment: datetime) -> datetime:
    if owner.story.quirk is Quirk.KUMA_STOPPED:
        moment = min(moment, room.start - STOPPED)
    return moment.replace(second=0, microsecond=0)


def _list_monitors(room: Classroom, owner: SimulatedStudent) -> dict[int, tuple[str, str]]:
    return {
        number: monitor
        for number, monitor in enumerate(MONITORS, 1)
        if room.find_namespace(owner, monitor[0]) is not None
    }


def _watched_namespace(
    room: Classroom, owner: SimulatedStudent, monitor: tuple[str, str]
) -> StudentNamespace:
    watched = room.find_namespace(owner, monitor[0])
    assert watched is not None  # noqa: S101  # narrows for mypy
    return watched


def _build_beat(
    watched: StudentNamespace, own: StudentNamespace, path: str, moment: datetime
) -> Beat:
    """It watches public names, so its own way to the internet counts too."""
    reply = (
        build_app_reply(watched, path, moment)
        if own.open_flows_at(moment).kuma_to_internet
        else None
    )
    up = reply is not None and reply.status == 200
    ping = round(reply.seconds * 1000) + 20 if reply and up else None
    time = f"{moment:%F %T}.000"
    return {"status": int(up), "time": time, "msg": "", "ping": ping}


def _share_up(beats: list[Beat]) -> float:
    return sum(beat["status"] == 1 for beat in beats) / len(beats)


def _format_metrics(
    room: Classroom, owner: SimulatedStudent, authorization: str, moment: datetime
) -> TimedReply:
    """Any user will do; the key alone counts."""
    right = f"Basic {b64encode(f'x:{metrics_key(owner)}'.encode()).decode()}"
    if authorization != right:
        return TimedReply(401, "Unauthorized")
    newest, own = _newest_beat_time(room, owner, moment), room.dev_namespace(owner)
    lines = [
        "# HELP monitor_status Monitor Status (1 = UP, 0= DOWN)",
        "# TYPE monitor_status gauge",
    ]
    for environment, path in _list_monitors(room, owner).values():
        beat = _build_beat(_watched_namespace(room, owner, (environment, path)), own, path, newest)
        labels = {
            "monitor_name": _monitor_name(owner, (environment, path)),
            "monitor_type": "http",
            "monitor_url": f"https://{owner.login.lower()}.{environment}.lab.shart.cloud{path}",
            "monitor_hostname": "null",
            "monitor_port": "null",
        }
        said = ",".join(f"{name}={json.dumps(value)}" for name, value in labels.items())
        lines.append(f"monitor_status{{{said}}} {beat['status']}")
    return TimedReply(200, "\n".join([*lines, ""]))
