"""Pages draw themselves anew when something changed, and leave the reader's place alone."""

from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from dashboard.models import Namespace
from tests import make
from tests.browser.conftest import SignIn

SOON = 15_000
"""Milliseconds within which a page has asked at least twice."""


@pytest.fixture
def board(sign_in: SignIn, transactional_db: None) -> Iterator[Page]:  # noqa: ARG001  # database
    """The class board with one student on it, marked so that a reload would show."""
    make.heartbeat()
    make.snapshot(make.namespace("ada"))
    page = sign_in(make.instructor())
    page.goto("/")
    expect(page.locator("#class-chart .main-svg").first).to_be_visible()
    page.evaluate("window.sameDocument = true")
    yield page
    assert page.evaluate("window.sameDocument === true")


def apply(*policies: make.Json) -> None:
    make.snapshot(Namespace.objects.get(name="student-ada-dev"), *policies, seconds=60)


def test_an_apply_shows_without_a_reload(board: Page) -> None:
    redis = board.locator('td[data-flow="redis to DNS"]')
    expect(redis).to_have_attribute("data-predicted", "allow")
    apply(make.policy())
    expect(redis).to_have_attribute("data-predicted", "deny", timeout=SOON)


def test_the_chart_is_redrawn_in_its_place(board: Page) -> None:
    board.evaluate("window.chart = document.getElementById('class-chart')")
    apply(make.policy())
    expect(board.locator("#class-chart .textpoint text").nth(18)).to_have_text("D≠", timeout=SOON)
    assert board.evaluate("window.chart === document.getElementById('class-chart')")


def test_the_first_poll_brings_the_charts_too(sign_in: SignIn, transactional_db: None) -> None:  # noqa: ARG001  # database
    namespace = make.namespace("ada")
    make.heartbeat()
    page = sign_in(make.instructor())
    page.goto("/n/student-ada-dev/")
    expect(page.get_by_text("Nobody has read this namespace yet")).to_be_visible()
    make.snapshot(namespace)
    expect(page.locator("#matrix-chart .main-svg").first).to_be_visible(timeout=SOON)


def test_a_choice_that_was_not_sent_yet_is_kept(sign_in: SignIn, transactional_db: None) -> None:  # noqa: ARG001  # database
    namespace = make.namespace("ada")
    make.snapshot(namespace)
    page = sign_in(make.instructor())
    page.goto("/n/student-ada-dev/diff")
    page.get_by_label("To").select_option("solution")
    page.get_by_role("heading", name="Difference").click()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    make.snapshot(namespace, make.policy(), seconds=60)
    page.wait_for_timeout(6_000)
    assert asked == []
    expect(page.get_by_label("To")).to_have_value("solution")


def test_scroll_and_focus_stay(board: Page) -> None:
    board.set_viewport_size({"width": 390, "height": 400})
    link = board.locator("#flows-scroll a").first
    link.focus()
    board.locator("#flows-scroll").evaluate("box => box.scrollTo(120, 0)")
    board.evaluate("scrollTo(0, 900)")
    apply(make.policy())
    changed = board.locator('td[data-flow="redis to DNS"][data-predicted="deny"]')
    expect(changed).to_be_attached(timeout=SOON)
    expect(link).to_be_focused()
    assert board.evaluate("scrollY") == 900
    assert board.locator("#flows-scroll").evaluate("box => box.scrollLeft") == 120


def test_what_was_folded_stays_folded(board: Page) -> None:
    board.get_by_text("The same as a table").click()
    apply(make.policy())
    changed = board.locator('td[data-flow="redis to DNS"][data-predicted="deny"]')
    expect(changed).to_be_attached(timeout=SOON)
    expect(changed).to_be_hidden()


def test_a_session_that_ended_leads_to_sign_in(sign_in: SignIn, transactional_db: None) -> None:  # noqa: ARG001  # database
    page = sign_in(make.instructor())
    page.goto("/system/")
    Session.objects.all().delete()
    expect(page).to_have_url("/sign-in/?next=/system/", timeout=SOON)


def test_a_server_that_is_away_is_announced_and_forgiven(
    board: Page, complaints: list[str]
) -> None:
    warning = board.get_by_text("cannot refresh itself just now")
    expect(warning).to_be_hidden()
    board.route("**/?seen=*", lambda route: route.fulfill(status=503, body=""))
    expect(warning).to_be_visible(timeout=SOON)
    board.unroute("**/?seen=*")
    expect(warning).to_be_hidden(timeout=SOON)
    assert all("503" in complaint for complaint in complaints)
    complaints.clear()


def test_a_hidden_page_does_not_ask(board: Page) -> None:
    board.evaluate(
        "Object.defineProperty(document, 'hidden', {get: () => window.away, configurable: true});"
        "window.away = true"
    )
    redis = board.locator('td[data-flow="redis to DNS"]')
    asked: list[str] = []
    board.on("request", lambda request: asked.append(request.url))
    apply(make.policy())
    board.wait_for_timeout(6_000)
    assert asked == []
    board.evaluate("window.away = false")
    expect(redis).to_have_attribute("data-predicted", "deny", timeout=SOON)
