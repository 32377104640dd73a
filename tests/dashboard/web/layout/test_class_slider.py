"""The class replayed over the times at which anybody's namespace changed."""

import json

import pytest
from django.test import Client

from dashboard.models import Snapshot
from tests import make
from tests.dashboard.html import get

pytestmark = pytest.mark.django_db


@pytest.fixture
def instructor(client: Client) -> Client:
    """Of two students who changed at the same poll, one of them twice more, and again next day."""
    ada, bob = make.namespace("ada"), make.namespace("bob")
    make.snapshot(ada)
    for seconds in (0, 60, 120, 86400):
        make.snapshot(bob, *make.solution()[: seconds // 60 % 3], seconds=seconds)
    client.force_login(make.instructor())
    return client


def test_a_poll_that_found_several_changes_is_one_stop_and_other_days_are_none(
    instructor: Client,
) -> None:
    page = get(instructor, "/", at="2026-03-03T12:01:30Z", environment="dev")
    times = (f"2026-03-03T12:0{minute}:00Z" for minute in range(3))
    stops = json.dumps([*([time, time] for time in times), ["", ""]])
    assert f'<script id="slider-stops" type="application/json">{stops}</script>' in page.html
    assert 'max="3" value="1"' in page.html
    assert "change of 2026-03-03 12:01:00 UTC, as it stood at 12:01:30" in page.text
    assert "Each stop is a time at which somebody's namespace changed." in page.text
    previous = 'href="/?environment=dev&amp;at=2026-03-03T12:00:00Z" rel="prev"'
    assert previous in page.html
    assert Snapshot.objects.count() == 5


def test_the_class_of_then_does_not_refresh_and_nothing_lately_is_nothing_to_replay(
    instructor: Client,
) -> None:
    assert 'id="slider"' not in get(instructor, "/").html
    assert "seen=" in get(instructor, "/").html
    assert "seen=" not in get(instructor, "/", at="2026-03-03T12:01:30Z").html
