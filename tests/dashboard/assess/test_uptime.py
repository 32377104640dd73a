"""Bars of how a flow fared: intervals as rectangles, gaps as gaps, all within the last hours."""

import pytest

from dashboard.assess.uptime import MOST_DRAWN, SPAN, WIDTH
from dashboard.models import ObservedOutcome
from dashboard.web.namespace.queries import fetch_uptime_bars
from tests import make

FLOW = "Gateway to student-app"
NOW = make.after(SPAN.total_seconds())

pytestmark = pytest.mark.django_db


def test_an_interval_stands_where_it_was_in_time() -> None:
    ada = make.namespace()
    make.observation(ada, first_seen=make.after(0), last_seen=make.after(5400), is_open=False)
    make.observation(ada, outcome="blocked", first_seen=make.after(8100), last_seen=NOW)
    (bar,) = fetch_uptime_bars(ada, NOW)[FLOW].values()
    assert [(x, width, row.outcome) for x, width, _, row, _ in bar.rectangles] == [
        (0, WIDTH / 2, "reached"),
        (WIDTH * 3 / 4, WIDTH / 4, "blocked"),
    ]
    assert bar.shares == "67 % reached, 33 % blocked"


def test_what_began_before_is_cut_and_what_ended_before_is_gone() -> None:
    ada = make.namespace()
    old = make.after(-7200)
    make.observation(ada, first_seen=old, last_seen=make.after(-3600), is_open=False)
    make.observation(ada, method="visits", first_seen=old, last_seen=make.after(5400))
    (bar,) = fetch_uptime_bars(ada, NOW)[FLOW].values()
    assert (bar.method, *bar.rectangles[0][:2]) == ("visits", 0, WIDTH / 2)


def test_a_single_look_can_be_seen_and_the_end_does_not_stick_out() -> None:
    ada = make.namespace()
    make.observation(ada, first_seen=NOW, last_seen=NOW)
    ((x, width, *_),) = fetch_uptime_bars(ada, NOW)[FLOW]["health", "outside"].rectangles
    assert width > 1
    assert x + width <= WIDTH


def test_outcomes_differ_in_height_and_not_in_colour_alone() -> None:
    ada = make.namespace()
    for number, outcome in enumerate(ObservedOutcome):
        at = make.after(600 * number)
        make.observation(ada, outcome=outcome, first_seen=at, last_seen=at, is_open=False)
    (bar,) = fetch_uptime_bars(ada, NOW)[FLOW].values()
    assert len({height for _, _, height, *_ in bar.rectangles}) == len(ObservedOutcome)


def test_a_bar_has_so_many_pieces_at_most() -> None:
    ada = make.namespace()
    for number in range(MOST_DRAWN + 5):
        at = make.after(60 * number)
        make.observation(ada, reason=str(number), first_seen=at, last_seen=at, is_open=False)
    (bar,) = fetch_uptime_bars(ada, NOW)[FLOW].values()
    assert len(bar.rectangles) == MOST_DRAWN
    assert bar.observations[-1].reason == str(MOST_DRAWN + 4)


def test_where_nothing_could_be_told_there_is_no_share() -> None:
    ada = make.namespace()
    make.observation(ada, outcome="unknown")
    (bar,) = fetch_uptime_bars(ada, make.after(60))[FLOW].values()
    assert bar.shares == "100 % not told"
