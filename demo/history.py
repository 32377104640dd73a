"""The hours before the demo, as if polls and probes had been at work all along.

What each round would have read is assessed and recorded by the product's own code, with the time
at which it would have read it. Rounds that would have found nothing new are left out.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from dashboard.active_lab import active_lab
from dashboard.collect import poll as polling
from dashboard.collect import probe_round
from dashboard.collect.cluster import (
    ClusterConnection,
    ClusterRefusal,
    fetch_class,
    open_connection,
)
from dashboard.collect.http.answers import HttpAnswer
from dashboard.collect.http.hosts import ProbeAnswer, ProbeAnswers
from dashboard.collect.methods import lab_probes
from dashboard.collect.methods.uptime_kuma.requests import BEATS, STATUS_PAGE
from dashboard.history import runs
from dashboard.history.rediagnosing import rediagnose
from dashboard.models import Heartbeat, Namespace
from demo.accounts import INSTRUCTOR
from demo.apiserver.access import ApiAccount
from demo.apiserver.app import answer_request
from demo.classroom import prober
from demo.classroom.outage import DnsOutage
from demo.classroom.roster import PAST, Classroom, StudentNamespace
from demo.http import Request, Response
from demo.public.app import build_reply
from demo.public.status_page import SLUG
from netpol.lab import Probe, ProbeReading
from netpol.parse import Json

ROUND = timedelta(minutes=1)
UNTIL_PROBED = 2 * prober.EVERY
"""After so long a prober inside has run and said what became of a change."""
AT_LEAST_EVERY = timedelta(minutes=5)
AFTERWARDS = 2
"""Rounds after an outage, so that two looks have seen its end."""
NETWORK = 0.012
"""Seconds that an answer takes at least."""


@transaction.atomic
def record_past(room: Classroom) -> None:
    """All in one transaction: nobody else looks yet, and it is ten times as fast."""
    polls, probes = _poll_times(room), _probe_times(room)
    with open_connection(settings.KUBECONFIG, settings.KUBE_CONTEXT) as connection:
        for moment in sorted(polls | probes.keys()):
            if moment in polls:
                reading = fetch_class(PastConnection(connection, room, moment), active_lab())
                polling.record_reading(replace(reading, at=moment))
            _record_probes(room, probes.get(moment, set()), moment)
    # Each state once, whoever was in it; what is there now is left to the first poll, as ever.
    rediagnose(Namespace.objects.all(), anew=False, those=Q(is_open=False))
    _name_runs(room)
    for work in (polling.WORK, probe_round.WORK):
        times = dict.fromkeys(("started_at", "finished_at", "succeeded_at"), room.start)
        Heartbeat.objects.create(work=work, **times)


def _poll_times(room: Classroom) -> set[datetime]:
    """A poll sees the whole class, so each counts at which anything is new."""
    return {
        moment
        for each in room.namespaces.values()
        for moment in find_eventful_rounds(each, room.start)
    }


def _probe_times(room: Classroom) -> dict[datetime, set[str]]:
    """A probe sees one namespace: as before for the last time, and then what is new.

    In between often enough that nobody would think that it stopped looking.
    """
    due: dict[datetime, set[str]] = defaultdict(set)
    for name, namespace in room.namespaces.items():
        first, *later = sorted(find_eventful_rounds(namespace, room.start))
        regular = (room.start - number * AT_LEAST_EVERY for number in range(PAST // AT_LEAST_EVERY))
        for moment in {first, *later, *(moment - ROUND for moment in later), *regular}:
            due[moment].add(name)
    return due


def _record_probes(room: Classroom, names: set[str], moment: datetime) -> None:
    if names:
        there = Namespace.objects.present().filter(name__in=names)
        probe_round.record_answers(
            [(each, simulate_visit(room, each, moment)) for each in there], moment
        )


def _name_runs(room: Classroom) -> None:
    """What an instructor would have named; the first real poll finds the lab session by itself."""
    began = room.start - PAST
    half, whole = began + PAST / 2, room.start - ROUND
    runs.name_run("Week 6, start", began, None, INSTRUCTOR)
    runs.name_run("Week 6, first half", began, half, INSTRUCTOR)
    runs.name_run("Week 6, second half", half, whole, INSTRUCTOR)


def find_eventful_rounds(namespace: StudentNamespace, start: datetime) -> set[datetime]:
    """The rounds up to the start at which a namespace is not as before; the first and the last."""
    began = start - PAST
    changes = [
        state.since + late
        for states in (namespace.revisions, namespace.app_states)
        for state in states
        for late in (timedelta(), UNTIL_PROBED)
        if began < state.since <= start - late
    ]
    return {
        began,
        start,
        *_list_outage_rounds(namespace.outage),
        *(start - (start - change) // ROUND * ROUND for change in changes),
    }


def _list_outage_rounds(outage: DnsOutage) -> set[datetime]:
    """Everybody is looked at all the time that they have nobody to ask."""
    rounds = (outage.ended - outage.began) // ROUND
    return {outage.began + number * ROUND for number in range(rounds + AFTERWARDS)}


class PastConnection(ClusterConnection):
    """The simulated API server as it would have answered at a moment, asked without HTTP.

    Nothing was forbidden then: the namespace that cannot be read now has a past to show.
    """

    def __init__(self, present: ClusterConnection, room: Classroom, moment: datetime) -> None:
        self.server = present.server
        self.report_progress = present.report_progress
        self._room = room
        self._moment = moment

    def get_json(self, path: str, query: dict[str, str]) -> Json:
        headers = {"authorization": f"Bearer {ApiAccount.AUDITOR}"}
        request = Request("GET", path, query, headers)
        answer = answer_request(self._room, request, lambda: self._moment)
        assert isinstance(answer, Response)  # noqa: S101  # a poll does not watch
        if answer.status != HTTPStatus.OK:
            raise ClusterRefusal(
                answer.status, self._describe_refusal(path, answer.status, answer.body)
            )
        return self._parse_json(path, answer.body)


def simulate_visit(room: Classroom, namespace: Namespace, moment: datetime) -> ProbeAnswers:
    if not lab_probes.build_requests(namespace):
        return {}
    return {
        probe.name: _answer_probe(room, probe, namespace.student.lower(), moment)
        for probe in lab_probes.lab_probes_of(namespace)
    }


def _answer_probe(room: Classroom, probe: Probe, login: str, moment: datetime) -> ProbeAnswer:
    url = probe.url_for(login)
    if probe.reading is not ProbeReading.UPTIME_KUMA:
        return ProbeAnswer(moment, _answer_url(room, url, moment))
    entry = _answer_url(room, f"{url}api/entry-page", moment)
    if entry.status != HTTPStatus.OK:
        return ProbeAnswer(moment, entry)
    paths = {STATUS_PAGE: f"api/status-page/{SLUG}", BEATS: f"api/status-page/heartbeat/{SLUG}"}
    pages = {name: _answer_url(room, url + path, moment) for name, path in paths.items()}
    return ProbeAnswer(moment, entry, pages)


def _answer_url(room: Classroom, url: str, moment: datetime) -> HttpAnswer:
    asked = urlsplit(url)
    found = build_reply(room, {"host": asked.netloc}, asked.path, moment)
    return HttpAnswer(found.status, found.body.encode(), found.seconds + NETWORK)
