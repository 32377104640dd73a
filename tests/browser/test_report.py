"""Reports in Chromium: they fit a phone, and on paper they are a short document."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.conftest import SignIn

REPORT = "/n/student-ada-dev/report"
PAGES = b"/Type /Page\n"


@pytest.fixture
def report(transactional_db: None, sign_in: SignIn) -> Page:  # noqa: ARG001  # for the database
    now = timezone.now()
    make.snapshot(make.namespace(), *make.solution()[:3], last_seen=now)
    return sign_in(make.instructor())


@pytest.mark.parametrize("address", [REPORT, "/report/"])
def test_it_fits_a_phone(report: Page, address: str) -> None:
    report.set_viewport_size({"width": 390, "height": 844})
    report.goto(address)
    expect(report.locator("h1")).to_be_visible()
    assert report.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_on_paper_it_is_a_short_document_with_every_proof(report: Page) -> None:
    report.goto(REPORT)
    proof = report.locator("#proof-flows li").first
    expect(proof).to_be_hidden()
    assert report.pdf(prefer_css_page_size=True).count(PAGES) <= 3
    report.emulate_media(media="print")
    expect(report.locator("#downloads")).to_be_hidden()
    expect(report.locator("nav")).to_have_count(1)
    expect(report.locator("nav")).to_be_hidden()
    expect(proof).to_be_visible()
    expect(report.locator("#proof-flows summary")).to_be_hidden()
    expect(report.locator('[data-item="committed"] th')).to_be_visible()
