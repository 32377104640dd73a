"""A student's Uptime Kuma: the part of it that answers without signing in, and its metrics.

Most run 1.23, as the course has it; some run 2.1, which calls its incidents otherwise.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta

from demo.classroom.roster import Classroom, Student, StudentNamespace
from demo.classroom.stories import Quirk
from demo.public.app_pages import Reply, app_reply, kept_out

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


def key_of(owner: Student) -> str:
    """The API key with which an instructor may read the metrics. It opens nothing but these."""
    return f"uk1_simulated-{owner.number}"


def is_new(owner: Student) -> bool:
    return owner.number % 4 == 3


def status_reply(
    room: Classroom, owner: Student, path: str, headers: Mapping[str, str], moment: datetime
) -> Reply:
    """Uptime Kuma is always ready: only the gateway's way to it can be closed."""
    own = room.dev(owner)
    if own.quirk is Quirk.DETACHED:
        return Reply(404, "")
    if not own.reach(moment).gateway_to_kuma:
        return kept_out(own)
    if path in {"/", f"/status/{SLUG}"}:
        text = f"<!doctype html><title>Simulated status page of {owner.login}</title>\n"
        return Reply(200, text, content_type="text/html; charset=utf-8")
    if path == "/metrics":
        return _metrics(room, owner, headers.get("authorization", ""), moment)
    return _api(room, owner, path, moment)


def _api(room: Classroom, owner: Student, path: str, moment: datetime) -> Reply:
    match path.strip("/").split("/"):
        case ["api", "entry-page"]:
            return _json({"type": "entryPage", "entryPage": f"statusPage-{SLUG}"})
        case ["api", "status-page", "heartbeat", slug]:
            beats = _heartbeats(room, owner, moment) if slug == SLUG else ({}, {})
            return _json(dict(zip(("heartbeatList", "uptimeList"), beats, strict=True)))
        case ["api", "status-page", slug]:
            return _json(_page(room, owner)) if slug == SLUG else _no_page(owner)
    return Reply(404, "Not Found")


def _page(room: Classroom, owner: Student) -> dict[str, object]:
    monitors = [
        {"id": number, "name": _name(owner, monitor), "sendUrl": 0, "type": "http"}
        for number, monitor in _monitors(room, owner).items()
    ]
    config: dict[str, object] = {
        "slug": SLUG, "title": owner.login, "published": True, "theme": "auto"
    }  # fmt: skip
    incidents: dict[str, object] = {"incident": None}
    if is_new(owner):
        config |= {"autoRefreshInterval": 300, "analyticsId": None, "rssTitle": None}
        incidents = {"incidents": []}
    return {
        "config": config,
        **incidents,
        "publicGroupList": [{"id": 1, "name": "Services", "weight": 1, "monitorList": monitors}],
        "maintenanceList": [],
    }


def _no_page(owner: Student) -> Reply:
    if not is_new(owner):
        return Reply(404, "", FOREVER)
    return _json({"status": "fail", "msg": "Status Page Not Found"}, 404)


def _name(owner: Student, monitor: tuple[str, str]) -> str:
    if owner.story.quirk is Quirk.KUMA_NAMES:
        return MONITORS[monitor]
    return " ".join(monitor)


def _heartbeats(
    room: Classroom, owner: Student, moment: datetime
) -> tuple[dict[str, list[Beat]], dict[str, float]]:
    newest = _newest(room, owner, moment)
    moments = [newest - INTERVAL * back for back in reversed(range(BEATS))]
    own = room.dev(owner)
    beats = {
        str(number): [_beat(_watched(room, owner, monitor), own, monitor[1], at) for at in moments]
        for number, monitor in _monitors(room, owner).items()
    }
    return beats, {f"{number}_24": _share_up(each) for number, each in beats.items()}


def _newest(room: Classroom, owner: Student, moment: datetime) -> datetime:
    if owner.story.quirk is Quirk.KUMA_STOPPED:
        moment = min(moment, room.start - STOPPED)
    return moment.replace(second=0, microsecond=0)


def _monitors(room: Classroom, owner: Student) -> dict[int, tuple[str, str]]:
    return {
        number: monitor
        for number, monitor in enumerate(MONITORS, 1)
        if room.of(owner, monitor[0]) is not None
    }


def _watched(room: Classroom, owner: Student, monitor: tuple[str, str]) -> StudentNamespace:
    watched = room.of(owner, monitor[0])
    assert watched is not None  # noqa: S101  # narrows for mypy
    return watched


def _beat(watched: StudentNamespace, own: StudentNamespace, path: str, moment: datetime) -> Beat:
    """It watches public names, so its own way to the internet counts too."""
    reply = app_reply(watched, path, moment) if own.reach(moment).kuma_to_internet else None
    up = reply is not None and reply.status == 200
    ping = round(reply.seconds * 1000) + 20 if reply and up else None
    time = f"{moment:%F %T}.000"
    return {"status": int(up), "time": time, "msg": "", "ping": ping}


def _share_up(beats: list[Beat]) -> float:
    return sum(beat["status"] == 1 for beat in beats) / len(beats)


def _metrics(room: Classroom, owner: Student, authorization: str, moment: datetime) -> Reply:
    """Any user will do; the key alone counts."""
    right = f"Basic {b64encode(f'x:{key_of(owner)}'.encode()).decode()}"
    if authorization != right:
        return Reply(401, "Unauthorized")
    newest, own = _newest(room, owner, moment), room.dev(owner)
    lines = [
        "# HELP monitor_status Monitor Status (1 = UP, 0= DOWN)",
        "# TYPE monitor_status gauge",
    ]
    for environment, path in _monitors(room, owner).values():
        beat = _beat(_watched(room, owner, (environment, path)), own, path, newest)
        labels = {
            "monitor_name": _name(owner, (environment, path)),
            "monitor_type": "http",
            "monitor_url": f"https://{owner.login.lower()}.{environment}.lab.shart.cloud{path}",
            "monitor_hostname": "null",
            "monitor_port": "null",
        }
        said = ",".join(f"{name}={json.dumps(value)}" for name, value in labels.items())
        lines.append(f"monitor_status{{{said}}} {beat['status']}")
    return Reply(200, "\n".join([*lines, ""]))


def _json(body: dict[str, object], status: int = 200) -> Reply:
    return Reply(status, json.dumps(body), content_type="application/json")
