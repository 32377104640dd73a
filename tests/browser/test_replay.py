"""A lab replayed: keys on the slider, the replay by itself, and a click on the timeline."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

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
    expect(slider).to_have_attribute("aria-valuetext", "2026-03-03 12:01:50 UTC")
    expect(page.locator("#then")).to_be_visible()
    page.keyboard.press("End")
    expect(page).to_have_url(ADDRESS)
    expect(page.locator("#page[hx-get]")).to_be_attached()
    assert page.evaluate("window.sameDocument === true")
    page.go_back()
    expect(page.locator("#slider-time")).to_have_text("2026-03-03 12:01:50 UTC")
    assert lived.snapshots.count() == 3


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


def test_a_click_on_a_change_of_policies_opens_the_difference_around_it(
    sign_in: SignIn, lived: Namespace
) -> None:
    page = opened(sign_in, f"{ADDRESS}?at=2026-03-03T12:02:10Z")
    marks = page.locator("#timeline-chart .scatterlayer .point")
    expect(marks.first).to_be_visible()
    marks.first.scroll_into_view_if_needed()
    marks.first.click(force=True)
    expect(page.get_by_role("heading", name="Difference")).to_be_visible()
    expect(page).to_have_url(re.compile(r"from=2026-03-03T12:00:00Z&to=2026-03-03T12:01:00Z$"))
    assert lived.first_seen < timezone.now()


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
