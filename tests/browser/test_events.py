"""A page that is told what was recorded: at once while it is looked at, else when it is again."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django import Settings

from dashboard.live import NamespaceNews, publish_news
from dashboard.models import Namespace
from tests import make
from tests.browser.conftest import silent_page
from tests.listening import cookies_of, shared, web_process
from tests.servers import redis_server

LOOK_AWAY = """away => {
    Object.defineProperty(document, "hidden", {get: () => away, configurable: true});
    document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def redis(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[ExitStack]:
    """Runs until it is closed."""
    monkeypatch.setattr("dashboard.live.publishing._away_until", 0.0)
    with ExitStack() as running:
        settings.REDIS_URL = running.enter_context(redis_server())
        yield running


@pytest.mark.usefixtures("transactional_db")
def test_a_page_listens_catches_up_and_falls_back(
    chromium: Browser, settings: Settings, redis: ExitStack, tmp_path: Path
) -> None:
    """Its clock is the test's."""
    namespace, database = make.namespace(), tmp_path / "db.sqlite3"
    cookies = cookies_of(make.instructor())
    make.snapshot(namespace)
    with (
        web_process(shared(database), settings.REDIS_URL) as web,
        chromium.new_context(base_url=web.url) as context,
        silent_page(context, []) as page,
    ):
        context.add_cookies(
            [{"name": name, "value": value, "url": web.url} for name, value in cookies.items()]
        )
        page.clock.install()
        with page.expect_response("**/events?*") as opened:
            page.goto("/")
        assert opened.value.status == 200
        shows_a_turned_flow_before_it_is_drawn_anew(page, namespace, database)
        asks_once_a_minute(page)
        catches_up_when_it_is_shown_again(page, namespace, database)
        asks_every_few_seconds_without_a_stream(page, redis)


def shows_a_turned_flow_before_it_is_drawn_anew(
    page: Page, namespace: Namespace, database: Path
) -> None:
    cell = page.locator('td[data-flow="redis to DNS"]')
    expect(cell).to_have_attribute("data-predicted", "allow")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/?seen=*", hold)
    turned = make.snapshot(namespace, make.policy(), seconds=60)
    shared(database)
    publish_news(timezone.now(), [NamespaceNews(namespace.pk, turned.summary["flows"])])
    expect(cell).to_have_attribute("data-predicted", "deny")
    expect(cell).to_have_text("D≠")
    turned_cells = page.locator("td.turned-just-now")
    expect(turned_cells).to_have_count(len(turned.summary["flows"]))
    page.clock.run_for(3_000)
    for route in held:
        route.continue_()
    page.unroute("**/?seen=*")
    expect(turned_cells).to_have_count(0)
    expect(cell).to_have_text("D≠")


def asks_once_a_minute(page: Page) -> None:
    asked = requests(page)
    page.clock.run_for(30_000)
    assert asked == []
    with page.expect_request("**/?seen=*"):
        page.clock.run_for(40_000)


def catches_up_when_it_is_shown_again(page: Page, namespace: Namespace, database: Path) -> None:
    cell = page.locator('td[data-flow="redis to DNS"]')
    page.evaluate(LOOK_AWAY, True)
    make.snapshot(namespace, seconds=120)
    shared(database)
    publish_news(timezone.now(), [NamespaceNews(namespace.pk)])
    page.clock.run_for(70_000)
    expect(cell).to_have_attribute("data-predicted", "deny")
    with page.expect_response("**/events?*"):
        page.evaluate(LOOK_AWAY, False)
    page.clock.run_for(1)
    expect(cell).to_have_attribute("data-predicted", "allow")


def asks_every_few_seconds_without_a_stream(page: Page, redis: ExitStack) -> None:
    with page.expect_response(lambda answer: "/events" in answer.url and answer.status == 204):
        redis.close()
    with page.expect_request("**/?seen=*"):
        page.clock.run_for(6_000)


def requests(page: Page) -> list[str]:
    """Of those to come."""
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.url) if "/?seen=" in each.url else None)
    return asked
