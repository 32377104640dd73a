"""Every page in Chromium: charts draw, nothing complains, nothing sticks out on a phone.

The `page` fixture itself fails on an error in the console and on a breach of the CSP.
"""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize, expect

from tests import make
from tests.browser.conftest import SignIn

PHONE = ViewportSize(width=390, height=844)
RUNS = "?a=2026-03-03T12:00:30Z&b=2026-03-03T12:02:00Z"
ADDRESSES = [
    "/",
    "/system/",
    "/n/student-ada-dev/",
    "/n/student-ada-dev/diff",
    f"/runs/compare{RUNS}",
    f"/runs/pace{RUNS}",
]


@pytest.fixture
def instructor(transactional_db: None) -> User:  # noqa: ARG001  # asked for the database
    """One who has a class of three to look at, each a little further."""
    now = timezone.now()
    for work in ("poll", "probe"):
        make.heartbeat(work, started_at=now, finished_at=now, succeeded_at=now)
    for login, done in (("ada", 2), ("grace", 4), ("linus", 7)):
        namespace = make.namespace(login)
        make.snapshot(namespace)
        make.snapshot(namespace, *make.solution()[:done], seconds=60)
        make.observation(namespace, outcome="blocked", first_seen=now, last_seen=now)
    return make.instructor()


def drawn(page: Page) -> None:
    """Every chart that the page has a figure for stands there, and its table below it."""
    charts = page.locator("[data-chart]")
    for chart in charts.all():
        expect(chart.locator("svg.main-svg").first).to_be_visible()
    if charts.count():
        assert page.locator("table").count() > 0


@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_draw_without_complaint(sign_in: SignIn, instructor: User, address: str) -> None:
    page = sign_in(instructor)
    page.goto(address)
    drawn(page)


@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_fit_a_phone_in_the_dark(sign_in: SignIn, instructor: User, address: str) -> None:
    page = sign_in(instructor)
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.goto(address)
    drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_cell_of_the_class_tells_more_when_pointed_at(sign_in: SignIn, instructor: User) -> None:
    page = sign_in(instructor)
    page.goto("/")
    page.locator("#class-chart .nsewdrag").hover(position={"x": 20, "y": 40})
    hint = page.locator("#class-chart .hoverlayer")
    expect(hint).to_contain_text("student-ada-dev")
    expect(hint).to_contain_text("Gateway to student-app: D≠")
    expect(hint).to_contain_text("the lab expects: allow")


def test_a_projector_shows_all_of_it_larger(sign_in: SignIn, instructor: User) -> None:
    page = sign_in(instructor)
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto("/?projector=1")
    tick = page.locator("#class-chart .ytick text").last
    expect(tick).to_contain_text("Student")
    size = "each => parseFloat(getComputedStyle(each).fontSize)"
    assert tick.evaluate(size) > 1.4 * 12
    assert page.locator(".progress .why").first.evaluate(size) > 1.4 * 16
    assert page.locator("#progress").evaluate("each => each.clientWidth") > 0.9 * 1920
    page.locator("#class-chart .nsewdrag").hover(position={"x": 20, "y": 60})
    expect(page.locator("#class-chart .hoverlayer")).to_contain_text("Gateway to student-app: D≠")


def test_charts_take_the_colours_of_the_page(sign_in: SignIn, instructor: User) -> None:
    page = sign_in(instructor)
    page.goto("/")
    tick = page.locator("#class-chart .ytick text").first
    ink = tick.evaluate("text => getComputedStyle(text).fill")
    page.emulate_media(color_scheme="dark")
    expect(tick).not_to_have_css("fill", ink)
    assert tick.evaluate(
        "text => getComputedStyle(text).fill === getComputedStyle(document.body).color"
    )


def test_signing_in_by_keyboard_alone(page: Page, instructor: User) -> None:
    page.goto("/system/")
    expect(page.get_by_label("GitHub login")).to_be_focused()
    page.keyboard.type(instructor.username)
    page.keyboard.press("Tab")
    page.keyboard.type("password")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/system/")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
