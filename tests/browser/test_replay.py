"""A lab replayed: keys on the slider, the replay by itself, and a click on the timeline."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from dashboard.models import Namespace
from tests import make
from tests.browser.conftest import SignIn

ADDRESS = "/n/student-ada-dev/"
SOON = 30_000
"""Milliseconds for a replay of two seconds, on a machine that has other things to do."""


@pytest.fixture
def lived(transactional_db: None) -> Namespace:  # noqa: ARG001  # database
    """Ada's, which denied everything a minute after noon and allowed DNS another minute later."""
    namespace = make.namespace("ada")
    for minute in range(3):
        policies = make.solution()[:minute]
        last = make.after(60 * minute + 50)
        make.snapshot(namespace, *policies, seconds=60 * minute, last_seen=last)
    return namespace


def opened(sign_in: SignIn, address: str) -> Page:
    page = sign_in(make.instructor())
    page.goto(address)
    page.evaluate("window.sameDocument = true")
    return page


def test_arrow_keys_step_through_the_states_and_the_slider_keeps_the_focus(
    sign_in: SignIn, lived: Namespace
) -> None:
    page = opened(sign_in, ADDRESS)
    redis = page.locator('td[data-flow="redis to DNS"]')
    slider = page.get_by_role("slider")
    slider.focus()
    for key, at, predicted in (
        ("ArrowLeft", "at=2026-03-03T12%3A01%3A50Z", "deny"),
        ("Home", "at=2026-03-03T12%3A00%3A50Z", "allow"),
        ("ArrowRight", "at=2026-03-03T12%3A01%3A50Z", "deny"),
    ):
        page.keyboard.press(key)
        expect(page).to_have_url(re.compile(f"{at}$"))
        expect(redis).to_have_attribute("data-predicted", predicted)
        expect(slider).to_be_focused()
    words = "change of 2026-03-03 12:01:00 UTC, as it stood at 12:01:50"
    expect(slider).to_have_attribute("aria-valuetext", words)
    expect(page.locator("#then")).to_be_visible()
    page.keyboard.press("End")
    expect(page).to_have_url(ADDRESS)
    expect(page.locator("#page[hx-get]")).to_be_attached()
    assert page.evaluate("window.sameDocument === true")
    page.go_back()
    expect(page.locator("#slider-time")).to_have_text(words)
    assert lived.snapshots.count() == 3


def test_arrow_keys_step_from_anywhere_but_where_they_have_another_use(
    sign_in: SignIn, lived: Namespace
) -> None:
    """While the page refreshes itself, too: what comes too late of that is not shown."""
    page = opened(sign_in, ADDRESS)
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    page.route(lambda url: "/n/" in url and "seen=" in url, hold)
    make.snapshot(lived, *make.solution()[:3], seconds=180)
    page.evaluate("htmx.trigger('#page', 'refresh')")
    told = page.locator("#slider-time")
    page.locator("#history-scroll").focus()
    page.keyboard.press("ArrowLeft")
    page.get_by_role("link", name="report", exact=True).focus()
    page.keyboard.press("Control+ArrowLeft")
    expect(told).to_have_text("now")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(told).to_have_text("change of 2026-03-03 12:00:00 UTC, as it stood at 12:00:50")
    expect(page).to_have_url(re.compile("at=2026-03-03T12%3A00%3A50Z$"))
    (refresh,) = late
    with page.expect_response(lambda response: "seen=" in response.url):
        refresh.continue_()
    expect(page.locator("#timeline-chart .main-svg").first).to_be_visible()
    assert page.evaluate("window.sameDocument === true")


def test_a_replay_goes_on_by_itself_to_now(sign_in: SignIn, lived: Namespace) -> None:
    page = opened(sign_in, ADDRESS)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("link", name="Play from the start").click()
    expect(page).to_have_url(re.compile("play=1$"))
    expect(page).to_have_url(ADDRESS, timeout=SOON)
    expect(page.locator("#slider-time")).to_have_text("now")
    replayed = [url.partition("?at=")[2] for url in asked if "play=1" in url]
    stops = ["2026-03-03T12:00:50Z&play=1", "2026-03-03T12:01:50Z&play=1"]
    assert replayed == stops[: lived.snapshots.count() - 1]


CLICKS = (
    (63, 0.1, (0, 60)),  # a mark
    (90, 0.6, (0, 60)),  # the ground between two lanes
    (60.2, 5.6, (0, 60)),  # a line
    (90, 9.1, (0, 60)),  # a bar
    (125, 9.1, (60, 120)),  # another, which the change turned
    (125, 6.1, (60, 120)),  # one that it did not turn
    (100.5, 1.46, (40, 101)),  # what a probe saw
)
"""When, and how far down in lanes; and around which change or between which looks it leads."""


def test_a_click_anywhere_on_the_timeline_opens_the_difference_around_it(
    sign_in: SignIn, lived: Namespace
) -> None:
    for first, last, outcome in ((0, 40, "reached"), (100, 101, "blocked")):
        make.observation(
            lived,
            outcome=outcome,
            is_open=last > 40,
            first_seen=make.after(first),
            last_seen=make.after(last),
        )
    page = opened(sign_in, f"{ADDRESS}?at=2026-03-03T12:02:10Z")
    page.route("**/diff?*", lambda route: route.fulfill(status=204))
    chart = page.locator("#timeline-chart")
    expect(chart.locator(".scatterlayer .point").first).to_be_visible()
    chart.scroll_into_view_if_needed()
    chart.evaluate(
        """chart => {
            chart.on('plotly_hover', () => { chart.dataset.pointed = 'at something'; });
            chart.on('plotly_unhover', () => { delete chart.dataset.pointed; });
        }"""
    )
    for seconds, lane, around in CLICKS:
        x, y = chart.evaluate(
            """(chart, [time, lane]) => {
                const { xaxis, yaxis } = chart._fullLayout;
                const { x, y } = chart.getBoundingClientRect();
                return [x + xaxis._offset + xaxis.d2p(time), y + yaxis._offset + yaxis.d2p(lane)];
            }""",
            [f"{make.after(seconds):%Y-%m-%d %H:%M:%S.%f}", lane],
        )
        page.mouse.move(1, 1)
        expect(chart).not_to_have_attribute("data-pointed", "at something")
        page.mouse.move(x, y)
        expect(chart).to_have_attribute("data-pointed", "at something")
        with page.expect_request("**/diff?*") as led:
            page.mouse.click(x, y)
        before, after = (f"{make.after(end):%Y-%m-%dT%H:%M:%SZ}" for end in around)
        assert (seconds, led.value.url.partition("?")[2]) == (seconds, f"from={before}&to={after}")


def test_an_address_of_another_site_in_a_figure_leads_nowhere(
    sign_in: SignIn, lived: Namespace
) -> None:
    page = opened(sign_in, ADDRESS)
    expect(page.locator("#timeline-chart .main-svg").first).to_be_visible()
    for address in ("https://example.com/", "//example.com/", "/\\example.com/", "javascript:1"):
        page.locator("#timeline-chart").evaluate(
            "(chart, address) => chart.emit('plotly_click', {points: [{customdata: address}]})",
            address,
        )
    assert page.evaluate("window.sameDocument === true")
    expect(page).to_have_url(ADDRESS)
    assert lived.snapshots.count() == 3
