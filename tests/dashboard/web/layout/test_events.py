"""What is recorded reaches the pages that are open: nothing twice, nothing lost, nobody else's."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from redis import Redis

from dashboard.live import NamespaceNews, hub, publish_news
from dashboard.live.news import STREAM
from dashboard.models import Namespace, Snapshot
from dashboard.web.layout.refresh import compute_version, format_events_address
from tests import make
from tests.dashboard.polls import DENY, see_now
from tests.listening import Message, Stream, Web, web
from tests.processes import wait_until
from tests.servers import free_port, redis_server

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/events"


@pytest.fixture(scope="module")
def redis() -> Iterator[str]:
    with redis_server() as url:
        yield url


@pytest.fixture(autouse=True)
def _nothing_failed_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.live.publishing._away_until", 0.0)


@pytest.fixture
def server(redis: str, settings: Settings) -> Iterator[Web]:
    settings.REDIS_URL = redis
    with web() as running:
        yield running


@pytest.fixture
def ada() -> Namespace:
    return make.namespace("ada")


def tell(*namespaces: Namespace) -> None:
    publish_news(timezone.now(), [NamespaceNews(namespace.pk) for namespace in namespaces])


def test_an_apply_is_told_with_the_flows_that_it_turned(server: Web) -> None:
    see_now(make.reading())
    instructor = make.instructor()
    with server.listen(
        instructor, format_events_address(None, compute_version(instructor, None))
    ) as stream:
        see_now(make.reading(DENY))
        changes = stream.next().changes
    assert changes is not None
    (change,) = changes
    assert change["of"] == [Namespace.objects.get().pk]
    assert set(change["flows"].values()) == {"deny"}
    assert change["met"] == Snapshot.objects.get(is_open=True).summary["met"]


def test_everybody_is_told_of_their_own_namespaces_and_instructors_of_all(server: Web) -> None:
    ada, prod, grace = (make.namespace(*who) for who in (("ada",), ("ada", "prod"), ("grace",)))
    instructor, student, other = make.instructor(), make.user("ada"), make.user("grace")
    one = f"{PATH}?namespace={prod.name}"
    with (
        server.listen(instructor, PATH, "0-1") as everything,
        server.listen(student, PATH, "0-1") as own,
        server.listen(student, one, "0-1") as of_one,
        server.listen(other, PATH, "0-1") as of_another,
    ):
        streams = (everything, own, of_one, of_another)
        assert [stream.next().changes for stream in streams] == [None] * 4  # nobody knows 0-1
        tell(ada, grace)
        tell(prod, ada)
        tell(grace)
        told = [
            [stream.next().of for _ in range(times)]
            for stream, times in zip(streams, (3, 2, 1, 2), strict=True)
        ]
    assert told == [
        [[ada.pk, grace.pk], [ada.pk, prod.pk], [grace.pk]],
        [[ada.pk], [ada.pk, prod.pk]],
        [[prod.pk]],
        [[grace.pk], [grace.pk]],
    ]


@pytest.mark.parametrize(("name", "status"), [("student-grace-dev", 404), ("nobody", 404)])
def test_a_strangers_namespace_cannot_be_listened_to(
    server: Web, ada: Namespace, name: str, status: int
) -> None:
    make.namespace("grace")
    with server.listen(make.user(ada.student), f"{PATH}?namespace={name}") as stream:
        assert stream.response.status_code == status


def test_whoever_is_not_signed_in_hears_nothing(server: Web) -> None:
    with server.listen(None) as stream:
        assert stream.response.status_code == 403


def test_a_student_who_has_too_many_pages_open_has_the_others_ask(
    server: Web, ada: Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "MOST_OPEN", 2)
    student, instructor = make.user(ada.student), make.instructor()
    with server.listen(student) as first, server.listen(student):
        with server.listen(student) as refused:
            assert refused.response.status_code == 429
            assert int(refused.response.headers["Retry-After"]) > 0
        with (
            server.listen(instructor),
            server.listen(instructor),
            server.listen(instructor) as third,
        ):
            tell(ada)
            assert [until_news(each).of for each in (first, third)] == [[ada.pk]] * 2

    def listens_again() -> bool:
        with server.listen(student) as stream:
            return stream.response.status_code == 200

    wait_until(listens_again, "one of the two places")


def test_who_comes_back_is_told_what_was_missed_once_and_in_order(
    server: Web, ada: Namespace
) -> None:
    grace, instructor, student = make.namespace("grace"), make.instructor(), make.user("ada")
    with server.listen(instructor) as stream:
        tell(ada)
        last = until_news(stream)
    for namespaces in ((grace,), (ada, grace), (ada,)):
        tell(*namespaces)
    with server.listen(instructor, PATH, last.id) as again:
        tell(grace)
        told = [again.next() for _ in range(4)]
    assert [each.of for each in told] == [[grace.pk], [ada.pk, grace.pk], [ada.pk], [grace.pk]]
    assert sorted({each.id for each in told}, key=in_order) == [each.id for each in told]
    with server.listen(student, PATH, last.id) as own:
        assert [own.next().of for _ in range(2)] == [[ada.pk], [ada.pk]]


def until_news(stream: Stream) -> Message:
    """A page that does not say what it has seen is told to look at everything first."""
    while (message := stream.next()).changes is None:
        pass
    return message


def in_order(identity: str) -> list[int]:
    return [int(part) for part in identity.split("-")]


@pytest.mark.parametrize(
    "last", ["trimmed", "1-1", "0-0", "9999999999999-0", "-", "x' \"", "9" * 40]
)
def test_who_was_away_for_too_long_looks_at_everything(
    server: Web, redis: str, ada: Namespace, last: str
) -> None:
    instructor = make.instructor()
    if last == "trimmed":
        with server.listen(instructor) as stream:
            tell(ada)
            last = until_news(stream).id
        Redis.from_url(redis).delete(STREAM)
    tell(ada)
    with server.listen(instructor, PATH, last) as stream:
        assert stream.next().changes is None
        tell(ada)
        assert stream.next().of == [ada.pk]


def test_what_was_recorded_between_drawing_and_listening_is_not_lost(
    server: Web, ada: Namespace
) -> None:
    instructor = make.instructor()
    drawn = compute_version(instructor, ada.name)
    make.snapshot(ada)
    with server.listen(instructor, format_events_address(ada.name, drawn)) as stream:
        assert stream.next().changes is None
    with server.listen(
        instructor, format_events_address(ada.name, compute_version(instructor, ada.name))
    ) as stream:
        tell(ada)
        assert stream.next().of == [ada.pk]


def test_without_redis_polls_record_and_pages_have_to_ask(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    see_now(make.reading())
    see_now(make.reading(DENY))
    assert Snapshot.objects.count() == 2
    assert "have to ask" in caplog.text
    with web() as server, server.listen(make.instructor()) as stream:
        assert stream.response.status_code == 204


def test_a_redis_that_comes_back_is_listened_to_again(
    settings: Settings, ada: Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
    monkeypatch.setattr("dashboard.live.hub.PATIENCE", 0.1)
    instructor = make.instructor()
    with web() as server, ExitStack() as running:
        running.enter_context(redis_server(port))
        with server.listen(instructor) as stream:
            tell(ada)
            last = until_news(stream)
            running.close()
            assert not stream.block()
        with redis_server(port):
            wait_until(lambda: listens(server, last.id), "the stream")
            with server.listen(instructor, PATH, last.id) as stream:
                assert stream.next().changes is None
                tell(ada)
                assert stream.next().of == [ada.pk]


def listens(server: Web, last: str) -> bool:
    with server.listen(make.user(f"again-{timezone.now().timestamp()}"), PATH, last) as stream:
        return stream.response.status_code == 200


def test_a_server_without_asgi_has_no_stream(client: Client) -> None:
    client.force_login(make.instructor())
    assert client.get(PATH).status_code == 204
    assert client.post(PATH).status_code == 405
