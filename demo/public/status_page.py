"""A student's Uptime Kuma status page: its page and the two JSON documents behind it (1.x)."""

import json
from datetime import datetime, timedelta

from demo.classroom.reach import reach
from demo.classroom.roster import Classroom, Student
from demo.public.app_pages import CONNECT_TIMEOUT, Reply, app_reply

SLUG = "class"
BEATS = 50
INTERVAL = timedelta(seconds=60)
MONITORS = (("dev", "/health"), ("dev", "/visits"), ("prod", "/health"))

Beat = dict[str, object]


def status_reply(room: Classroom, owner: Student, path: str, moment: datetime) -> Reply:
    """Uptime Kuma is always ready: only the gateway's way to it can be closed."""
    own = room.dev(owner)
    if not reach(own.revision(moment).manifests).gateway_to_kuma:
        reason = "upstream connect error or disconnect/reset before headers. reset reason: "
        return Reply(503, reason + "connection timeout", CONNECT_TIMEOUT)
    match path:
        case "/" | "/status/class":
            text = f"<!doctype html><title>Simulated status page of {owner.login}</title>\n"
            return Reply(200, text, content_type="text/html; charset=utf-8")
        case "/api/status-page/class":
            return _json(_page(room, owner))
        case "/api/status-page/heartbeat/class":
            return _json(_heartbeats(room, owner, moment))
    return Reply(404, "Not Found")


def _page(room: Classroom, owner: Student) -> dict[str, object]:
    monitors = [
        {"id": number, "name": f"{environment} {path}", "sendUrl": 0, "type": "http"}
        for number, (environment, path) in _monitors(room, owner).items()
    ]
    return {
        "config": {"slug": SLUG, "title": owner.login, "published": True, "theme": "auto"},
        "incident": None,
        "publicGroupList": [{"id": 1, "name": "Services", "weight": 1, "monitorList": monitors}],
        "maintenanceList": [],
    }


def _heartbeats(room: Classroom, owner: Student, moment: datetime) -> dict[str, object]:
    newest = moment.replace(second=0, microsecond=0)
    moments = [newest - INTERVAL * back for back in reversed(range(BEATS))]
    beats = {
        str(number): [_beat(room, owner, monitor, each) for each in moments]
        for number, monitor in _monitors(room, owner).items()
    }
    uptime = {f"{number}_24": _share_up(each) for number, each in beats.items()}
    return {"heartbeatList": beats, "uptimeList": uptime}


def _monitors(room: Classroom, owner: Student) -> dict[int, tuple[str, str]]:
    return {
        number: monitor
        for number, monitor in enumerate(MONITORS, 1)
        if room.of(owner, monitor[0]) is not None
    }


def _beat(room: Classroom, owner: Student, monitor: tuple[str, str], moment: datetime) -> Beat:
    """It watches public names, so its own way to the internet counts too."""
    environment, path = monitor
    watched = room.of(owner, environment)
    out = reach(room.dev(owner).revision(moment).manifests).kuma_to_internet
    reply = app_reply(watched, path, moment) if watched and out else None
    up = reply is not None and reply.status == 200
    ping = round(reply.seconds * 1000) + 20 if reply and up else None
    time = f"{moment:%F %T}.000"
    return {"status": int(up), "time": time, "msg": "", "ping": ping}


def _share_up(beats: list[Beat]) -> float:
    return sum(beat["status"] == 1 for beat in beats) / len(beats)


def _json(body: dict[str, object]) -> Reply:
    return Reply(200, json.dumps(body), content_type="application/json")
