"""What is recorded reaches the pages that are open: nothing twice, nothing lost, nobody else's."""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from pytest_django import Settings

from dashboard.events import Change, publish
from dashboard.live import version
from dashboard.models import Namespace
from tests import make
from tests.listening import Web, web
from tests.servers import redis_server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def redis() -> Iterator[str]:
    with redis_server() as url:
        yield url


@pytest.fixture
def server(redis: str, settings: Settings) -> Iterator[Web]:
    settings.REDIS_URL = redis
    with web() as running:
        yield running


def tell(*namespaces: Namespace) -> None:
    publish(timezone.now(), [Change(namespace.pk) for namespace in namespaces])


def test_a_page_is_told(server: Web) -> None:
    ada = make.namespace("ada")
    instructor = make.instructor()
    seen = version(instructor, None)
    with server.listen(instructor, f"/events?seen={seen}") as stream:
        tell(ada)
        assert stream.next().of == [ada.pk]
