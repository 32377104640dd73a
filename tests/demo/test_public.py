"""The students' public names answer as the policies of the moment have it."""

import json
from base64 import b64encode
from datetime import timedelta

import httpx
import pytest

from demo.classroom.outage import BEGAN, LASTED
from demo.classroom.stories import STORIES
from demo.public.app import build_reply, create_server
from demo.public.app_pages import CONNECT_TIMEOUT, DNS_TIMEOUT, REDIS_TIMEOUT, TimedReply
from demo.public.status_page import INTERVAL, STOPPED, metrics_key
from tests.demo.serving import Clock, a_class, serving
from tests.demo.test_stories import START

ROOM = a_class()


def ask(story: str, page: str, *, before: float = 0) -> TimedReply:
    """What the address of this story's student answers, some minutes before the demo's start."""
    number = [each.key for each in STORIES].index(story)
    name, slash, path = page.partition("/")
    host = f"{ROOM.students[number].login}.{name}.lab.shart.cloud"
    return build_reply(ROOM, {"host": host}, slash + path, START - timedelta(minutes=before))


def test_a_finished_app_is_connected_and_counts() -> None:
    health, visits = ask("udp-only", "dev/health"), ask("udp-only", "dev/visits")
    assert (health.status, health.seconds) == (200, 0)
    assert json.loads(health.body)["redis"] == "connected"
    assert isinstance(json.loads(visits.body)["visits"], int)


def test_an_app_whose_probes_gave_up_has_no_healthy_endpoint() -> None:
    assert ask("stopped", "dev/health") == TimedReply(503, "no healthy upstream")


def test_a_gateway_that_is_kept_out_gives_up_connecting() -> None:
    answer = ask("half-deny", "dev/health", before=20)
    assert (answer.status, answer.seconds) == (503, CONNECT_TIMEOUT)
    assert answer.body.startswith("upstream connect error")


@pytest.mark.parametrize(
    ("story", "before", "seconds"),
    [("type-left-out", 0, REDIS_TIMEOUT), ("undoes", 1, DNS_TIMEOUT)],
)
def test_a_patient_app_waits_for_what_is_dropped(story: str, before: float, seconds: float) -> None:
    health, visits = (ask(story, f"dev/{page}", before=before) for page in ("health", "visits"))
    assert (health.status, health.seconds) == (200, seconds)
    assert json.loads(health.body)["redis"] == "disconnected"
    assert (visits.status, visits.seconds) == (503, seconds)
    assert json.loads(visits.body) == {"error": "Redis unavailable"}


def test_the_status_page_is_there_while_the_gateway_reaches_uptime_kuma() -> None:
    assert ask("early", "status/").status == 200
    assert ask("stopped", "status/").status == 503


def test_the_status_page_tells_the_monitors_beats_oldest_first() -> None:
    listed = json.loads(ask("early", "status/api/status-page/class").body)
    monitors = {
        each["name"]: str(each["id"]) for each in listed["publicGroupList"][0]["monitorList"]
    }
    assert set(monitors) == {"dev /health", "dev /visits", "prod /health"}
    beats = json.loads(ask("early", "status/api/status-page/heartbeat/class").body)
    of_dev = beats["heartbeatList"][monitors["dev /visits"]]
    assert len(of_dev) == 50
    assert [beat["time"] for beat in of_dev] == sorted(beat["time"] for beat in of_dev)
    down = {beat["time"] for beat in of_dev if beat["status"] != 1}
    minutes = range(BEGAN // INTERVAL, (BEGAN - LASTED) // INTERVAL, -1)
    assert down == {f"{START - minute * INTERVAL:%F %T}.000" for minute in minutes}


def test_the_gateways_words_tell_ciliums_refusal_from_a_dropped_connection() -> None:
    assert ask("cilium-gateway", "dev/health") == TimedReply(403, "Access denied\r\n")
    assert ask("cilium-gateway", "status/").status == 403


def test_where_nothing_is_enforced_everything_answers() -> None:
    assert json.loads(ask("unenforced", "dev/visits").body)["visits"]


def test_an_app_that_crashes_and_a_route_that_is_detached_are_no_matter_of_policies() -> None:
    assert ask("crashing", "dev/health") == TimedReply(503, "no healthy upstream")
    assert ask("detached", "status/") == TimedReply(404, "")


def test_the_entry_page_leads_to_the_status_page() -> None:
    entry = json.loads(ask("early", "status/api/entry-page").body)
    assert entry == {"type": "entryPage", "entryPage": "statusPage-class"}


@pytest.mark.parametrize(
    ("story", "key", "waits"),
    [("early", "incident", 60.0), ("stopped", "incidents", 0.0)],
)
def test_versions_1_and_2_differ(story: str, key: str, waits: float) -> None:
    page = json.loads(ask(story, "status/api/status-page/class", before=74).body)
    assert key in page
    unknown = ask(story, "status/api/status-page/other", before=74)
    assert (unknown.status, unknown.seconds) == (404, waits)


def test_the_metrics_are_for_who_has_the_key() -> None:
    student = ROOM.students[1]
    headers = {"host": f"{student.login}.status.lab.shart.cloud"}
    assert build_reply(ROOM, headers, "/metrics", START).status == 401
    basic = b64encode(f"x:{metrics_key(student)}".encode()).decode()
    told = build_reply(ROOM, headers | {"authorization": f"Basic {basic}"}, "/metrics", START).body
    assert 'monitor_name="dev /health"' in told


def test_beats_that_have_stopped_grow_old() -> None:
    beats = json.loads(ask("at-once", "status/api/status-page/heartbeat/class").body)
    newest = beats["heartbeatList"]["1"][-1]["time"]
    assert newest == f"{START - STOPPED:%F %T}.000"


def test_uptime_kuma_sees_nothing_once_it_is_cut_off_from_names() -> None:
    """Uptime Kuma was let in by the gateway, then the DNS policy went."""
    beats = json.loads(ask("undoes", "status/api/status-page/heartbeat/class").body)
    statuses = [beat["status"] for beat in beats["heartbeatList"]["1"]]
    assert (statuses[0], statuses[-1]) == (1, 0)


@pytest.mark.parametrize(
    "host", ["nobody.dev.lab.shart.cloud", "amara-o.prod.lab.shart.cloud", "127.0.0.1:80", ""]
)
def test_a_name_that_belongs_to_nobody_is_not_found(host: str) -> None:
    assert build_reply(ROOM, {"host": host}, "/health", START) == TimedReply(404, "")


def test_over_http_the_host_header_chooses_and_the_answer_takes_its_time() -> None:
    waited = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    with serving(create_server(ROOM, Clock(), sleep)) as url:
        headers = {"Host": "KAVYA.dev.lab.shart.cloud"}
        answer = httpx.get(f"{url}/health", headers=headers, trust_env=False)
    assert answer.json() == {"status": "healthy", "redis": "disconnected"}
    assert waited == [REDIS_TIMEOUT]
