"""The pages of one namespace in Chromium: what is drawn can be read, pointed at and followed."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from dashboard.models import Namespace
from tests import make
from tests.browser.conftest import SignIn

ADDRESS = "/n/student-ada-dev/"
DENY = re.compile("^DENY")
SOON = 15_000
"""Milliseconds within which a page has asked at least twice whether it is still right."""


@pytest.fixture
def namespace(transactional_db: None) -> Namespace:  # noqa: ARG001  # asked for the database
    """Half way through, with a probe that disagrees with the policies."""
    now = timezone.now()
    for work in ("poll", "probe"):
        make.heartbeat(work, started_at=now, finished_at=now, succeeded_at=now)
    namespace = make.namespace()
    make.snapshot(namespace)
    make.snapshot(namespace, *make.solution()[:3], seconds=60)
    make.observation(
        namespace, outcome="blocked", first_seen=now - timedelta(minutes=9), last_seen=now
    )
    return namespace


@pytest.fixture
def ada(sign_in: SignIn, namespace: Namespace) -> Page:  # noqa: ARG001  # makes her rows
    return sign_in(make.user("ada"))


def point_at(page: Page, chart: str, row: int, column: int) -> str:
    """The hover label of a square, which is where its word is written."""
    plot = page.locator(f"#{chart}-chart .nsewdrag")
    box = plot.bounding_box()
    assert box
    width, height = box["width"] / 7, box["height"] / 5
    plot.hover(position={"x": (column + 0.5) * width, "y": (row + 0.5) * height})
    label = page.locator(f"#{chart}-chart .hoverlayer .hovertext")
    expect(label).to_be_visible()
    return label.text_content() or ""


def test_each_square_writes_its_three_answers(ada: Page) -> None:
    ada.goto(ADDRESS)
    written = ada.locator("#matrix-chart .textpoint text")
    expect(written).to_have_count(36)
    expect(written.first).to_have_text("ALLOW !")
    expect(ada.locator("#matrix-chart .textpoint text", has_text="DENY ≠")).to_have_count(4)
    expect(ada.locator("#matrix-chart .textpoint text", has_text="seen blocked")).to_have_count(1)


def test_pointing_at_a_square_tells_why(ada: Page) -> None:
    ada.goto(ADDRESS)
    label = point_at(ada, "matrix", 1, 1)
    assert "student-app to redis" in label
    assert "expected: allow" in label
    assert "predicted: deny" in label
    assert "default-deny-all" in label


def test_a_hostile_explanation_is_drawn_as_text(ada: Page, namespace: Namespace) -> None:
    snapshot = namespace.snapshots.get(is_open=True)
    hostile = '<a href="//evil.example">click <b>me</b></a> &lt;i>'
    flows = [flow | {"explanation": hostile} for flow in snapshot.assessment.body["flows"]]
    make.reassessed(snapshot, flows=flows)
    ada.goto(ADDRESS)
    assert '<a href="//evil.example">click <b>me</b></a> &lt;i>' in point_at(ada, "matrix", 1, 1)
    assert ada.locator("#matrix-chart a[*|href*='evil']").count() == 0


def test_a_reason_leads_to_its_policy(ada: Page) -> None:
    ada.goto(ADDRESS)
    ada.locator(".blocker").get_by_role("link", name="default-deny-all").first.click()
    expect(ada).to_have_url(f"{ADDRESS}#policy-default-deny-all")
    expect(ada.locator("#policy-default-deny-all pre")).to_be_in_viewport()


def test_a_field_leads_to_its_line_and_what_is_copied_is_yaml(ada: Page) -> None:
    ada.goto(ADDRESS)
    ada.locator(".explanation").get_by_role("link", name="spec.egress[0]").first.click()
    expect(ada).to_have_url(f"{ADDRESS}#policy-allow-dns-egress-L10")
    policy = ada.locator("#policy-allow-dns-egress")
    line = policy.locator("span:target")
    expect(line).to_be_in_viewport()
    beside = line.evaluate(
        """line => {
          const box = line.getBoundingClientRect();
          const pre = line.closest(".yaml").querySelector("pre");
          const lines = pre.textContent.split("\\n");
          const style = getComputedStyle(pre), height = parseFloat(style.lineHeight);
          const top = pre.getBoundingClientRect().top + parseFloat(style.paddingTop);
          return lines[Math.round((box.top - top) / height)];
        }"""
    )
    assert beside == "  - to:"
    copied = policy.locator(".yaml").evaluate(
        "all => { getSelection().selectAllChildren(all); return getSelection().toString(); }"
    )
    assert copied.strip() == (policy.locator("pre").text_content() or "").strip()


def test_an_apply_turns_the_matrix_without_a_reload(ada: Page, namespace: Namespace) -> None:
    ada.goto(ADDRESS)
    denied = ada.locator("#matrix-chart .textpoint text", has_text=DENY)
    expect(denied).to_have_count(10)
    ada.evaluate("window.sameDocument = true")
    make.snapshot(namespace, make.policy(), seconds=120)
    expect(denied).to_have_count(18, timeout=SOON)
    expect(ada.locator(".score").first).to_contain_text("6 of 18 flows")
    assert ada.evaluate("window.sameDocument === true")


def test_two_states_are_chosen_and_compared(ada: Page) -> None:
    ada.goto(f"{ADDRESS}diff")
    ada.get_by_label("From").select_option("now")
    ada.get_by_label("To").select_option("solution")
    ada.get_by_role("button", name="Compare").click()
    expect(ada.locator(".score").first).to_contain_text("4 flows opened, 0 closed.")
    expect(ada.locator("#change-chart .textpoint text", has_text="+")).to_have_count(4)
    opened = ada.locator('tr[data-turn="opened"]')
    expect(opened).to_have_count(4)
    assert "student-app to redis" in point_at(ada, "change", 1, 1)


def test_a_difference_of_policies_is_signed_line_by_line(ada: Page) -> None:
    ada.goto(f"{ADDRESS}diff?from=now&to=solution")
    added = ada.locator("#policy-allow-app-to-redis .added").first
    expect(added).to_have_text("+ apiVersion: networking.k8s.io/v1")
    expect(ada.locator("#policy-default-deny-all")).to_have_text("default-deny-all")


@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}diff"])
def test_charts_can_be_scrolled_on_a_phone(ada: Page, address: str) -> None:
    ada.set_viewport_size({"width": 390, "height": 844})
    ada.goto(address)
    expect(ada.locator("[data-chart] svg.main-svg").first).to_be_visible()
    assert ada.evaluate("document.documentElement.scrollWidth <= innerWidth")
    written = ada.locator("[data-chart]").first.locator(".textpoint text").first
    assert written.evaluate("text => parseFloat(getComputedStyle(text).fontSize)") >= 12
