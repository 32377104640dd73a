"""Many students at once, against a real server that counts who is asking."""

import asyncio
import socket
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

import pytest

from dashboard.collect.http.answers import HttpAnswer, NoAnswer, NoAnswerCause
from dashboard.collect.http.hosts import ProbeAnswers, ProbeRequest, ask_hosts
from dashboard.collect.http.request import RequestLimits, RequestScope
from tests.hostile import answer, serving, silent, tls_server, unencrypted
from tests.processes import PATIENCE, wait_until
from tests.servers import free_port

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def urls(student: str) -> tuple[str, ...]:
    host = f"http://{student}.dev.lab.example"
    return f"{host}/health", f"{host}/visits"


@dataclass
class Counting:
    """An app that remembers how many requests it held at once, in all and for one host."""

    now: Counter[str] = field(default_factory=Counter)
    most: int = 0
    most_for_one: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, connection: socket.socket, head: str) -> None:
        """Hold the first request until another comes beside it."""
        host = next(line for line in head.splitlines() if line.lower().startswith("host:"))
        with self.changed:
            self.now[host] += 1
            self.most = max(self.most, self.now.total())
            self.most_for_one = max(self.most_for_one, self.now[host])
            self.changed.notify_all()
            self.changed.wait_for(lambda: self.most > 1, PATIENCE)
            self.now[host] -= 1
        answer(b"{}")(connection, head)


def asked(*students: str) -> dict[int, list[ProbeRequest]]:
    return {
        number: [ProbeRequest(url.rpartition("/")[2], url) for url in urls(student)]
        for number, student in enumerate(students)
    }


def visit_all(
    questions: dict[int, list[ProbeRequest]], reach: RequestScope
) -> dict[int, ProbeAnswers]:
    return {
        key: one for batch in ask_hosts(questions, reach, lambda: NOW) for key, one in batch.items()
    }


def answers(visit: ProbeAnswers) -> list[object]:
    return [look.result for look in visit.values()]


def test_several_students_are_asked_at_once_but_each_one_url_after_the_other() -> None:
    students = asked(*(f"student{number}" for number in range(20)))
    counting = Counting()
    with serving(counting) as server:
        found = visit_all(students, RequestScope(server.url, hosts_at_once=5))
    assert found.keys() == students.keys()
    assert all(isinstance(each, HttpAnswer) for visit in found.values() for each in answers(visit))
    assert 1 < counting.most <= 5
    assert counting.most_for_one == 1


def test_hosts_of_one_student_are_asked_beside_each_other() -> None:
    together = threading.Barrier(2, timeout=PATIENCE)

    def both(connection: socket.socket, head: str) -> None:
        together.wait()
        answer(b"{}")(connection, head)

    with serving(both) as server:
        questions = [
            ProbeRequest(page, f"http://ada.{page}.lab.example/") for page in ("dev", "prod")
        ]
        (found,) = visit_all({1: questions}, RequestScope(server.url)).values()
    assert all(isinstance(each, HttpAnswer) for each in answers(found))


def test_a_host_that_hangs_keeps_nobody_waiting() -> None:
    def ada_hangs(connection: socket.socket, head: str) -> None:
        behaviour = silent if "ada.dev" in head else answer(b"{}")
        behaviour(connection, head)

    patient = RequestLimits(connect=PATIENCE, read=PATIENCE, whole=PATIENCE)
    with serving(ada_hangs) as server:
        batches = ask_hosts(
            asked("ada", "bob"), RequestScope(server.url, limits=patient), lambda: NOW
        )
        assert list(next(batch for batch in batches if batch)) == [1]
        batches.close()


def test_a_host_that_hangs_is_asked_once() -> None:
    with serving(silent) as server:
        reach = RequestScope(
            server.url, limits=RequestLimits(connect=PATIENCE, read=0.5, whole=PATIENCE)
        )
        (found,) = visit_all(asked("ada"), reach).values()
        wait_until(lambda: server.heads, "the request")
    assert answers(found) == [NoAnswer(NoAnswerCause.TIMEOUT)] * 2
    assert len(server.heads) == 1


def test_a_host_has_a_budget_and_what_is_left_over_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The budget, which starts first, ends as soon as the second URL is asked."""
    budgets: list[tuple[asyncio.AbstractEventLoop, asyncio.Timeout]] = []
    start = asyncio.timeout

    def remember(seconds: float | None) -> asyncio.Timeout:
        budgets.append((asyncio.get_running_loop(), start(seconds)))
        return budgets[-1][1]

    def second_url_hangs(connection: socket.socket, head: str) -> None:
        if "/health" in head:
            answer(b"{}")(connection, head)
            return
        loop, budget = budgets[0]
        loop.call_soon_threadsafe(budget.reschedule, 0)
        silent(connection, head)

    monkeypatch.setattr("asyncio.timeout", remember)
    with serving(second_url_hangs) as server:
        (found,) = visit_all(asked("ada"), RequestScope(server.url)).values()
    assert isinstance(found["health"].result, HttpAnswer)
    assert found["visits"].result == NoAnswer(NoAnswerCause.OUT_OF_TIME)


def test_a_url_that_misbehaves_alone_leaves_the_hosts_others_to_be_asked() -> None:
    def no_health(connection: socket.socket, head: str) -> None:
        status = "302 Found" if "/health" in head else "200 OK"
        answer(b"{}", status, "Location: /")(connection, head)

    with serving(no_health) as server:
        (found,) = visit_all(asked("ada"), RequestScope(server.url)).values()
    assert found["health"].result == NoAnswer(NoAnswerCause.REDIRECTED)
    assert isinstance(found["visits"].result, HttpAnswer)


@pytest.mark.parametrize("then", ["127.0.0.2", "169.254.169.254", "::1"])
def test_a_name_that_leads_elsewhere_for_the_second_url_is_not_followed_there(
    then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if 127.0.0.1 were a public address, and `then` one of ours."""
    leads_to = iter(["127.0.0.1", then])

    def resolve(_: str, port: int, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(leads_to), port))]

    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port, *_a, **_k: resolve(host, port))
    with serving(answer(b"{}")) as server:
        host = f"http://ada.dev.lab.example:{server.port}"
        questions = [ProbeRequest(page, f"{host}/{page}") for page in ("health", "visits")]
        reach = RequestScope(allowed_networks=(ip_network("127.0.0.1/32"),))
        (found,) = visit_all({1: questions}, reach).values()
    health, again = answers(found)
    assert isinstance(health, HttpAnswer)
    assert isinstance(again, NoAnswer)
    assert again.cause is NoAnswerCause.FORBIDDEN_ADDRESS
    assert len(server.heads) == 1


def test_tls_that_breaks_in_the_body_costs_its_host_alone(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    def ada_breaks(connection: socket.socket, head: str) -> None:
        half = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"
        behaviour = unencrypted(b"garbage", after=half) if "ada.dev" in head else answer(b"{}")
        behaviour(connection, head)

    students = {
        number: [ProbeRequest("health", f"https://{student}.dev.lab.example/health")]
        for number, student in enumerate(["ada", "bob"])
    }
    with serving(ada_breaks, tls_server(certificate)) as server:
        found = visit_all(students, RequestScope(server.url.replace("http:", "https:")))
    assert answers(found[0]) == [NoAnswer(NoAnswerCause.TLS)]
    assert [isinstance(each, HttpAnswer) for each in answers(found[1])] == [True]


def test_what_nobody_thought_of_costs_one_answer_and_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Such as a URL that Python's own parts do not take for one."""
    with serving(answer(b"{}")) as server:
        questions = [
            ProbeRequest("odd", "http://ada.dev.lab.example/\0"),
            ProbeRequest("bob", "http://bob.dev.lab.example/"),
        ]
        (found,) = visit_all({1: questions}, RequestScope(server.url)).values()
    assert found["odd"].result == NoAnswer(NoAnswerCause.BROKEN)
    assert isinstance(found["bob"].result, HttpAnswer)
    assert "asking ada.dev.lab.example failed" in caplog.text


@pytest.mark.parametrize("students", [[], ["ada"]])
def test_a_gateway_that_is_down_is_an_answer_too(students: list[str]) -> None:
    found = visit_all(asked(*students), RequestScope(f"http://127.0.0.1:{free_port()}"))
    looks = [look for visit in found.values() for look in visit.values()]
    assert [(look.result, look.at) for look in looks] == [
        (NoAnswer(NoAnswerCause.REFUSED), NOW)
    ] * (2 * len(students))


def test_what_breaks_the_visits_off_is_raised_where_they_are_taken() -> None:
    def broken() -> datetime:
        raise RuntimeError("no clock")

    with pytest.raises(ExceptionGroup, match="unhandled errors"):
        list(ask_hosts(asked("ada"), RequestScope("http://127.0.0.1:9"), broken))
