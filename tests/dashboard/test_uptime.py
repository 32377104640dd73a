"""Bars of how a flow fared: intervals as rectangles, gaps as gaps, all within the last hours."""

import pytest

from dashboard.assess.uptime import MOST, SPAN, WIDTH, uptime
from dashboard.models import ObservedOutcome
from tests import make

FLOW = "Gateway to student-app"
NOW = make.after(SPAN.total_seconds())

pytestmark = pytest.mark.django_db


def test_an_interval_stands_where_it_was_in_time() -> None:
    ada = make.namespace()
    make.observation(ada, first_seen=make.after(0), last_seen=make.after(5400), is_open=False)
    make.observation(ada, outcome="blocked", first_seen=make.after(8100), last_seen=NOW)
    (bar,) = uptime(ada, NOW)[FLOW].values()
    assert [(piece.x, piece.width, piece.outcome.value) for piece in bar.pieces] == [
        (0, WIDTH / 2, "reached"),
        (WIDTH * 3 / 4, WIDTH / 4, "blocked"),
    ]
    assert bar.shares == "67 % reached, 33 % blocked"


def test_what_began_before_is_cut_and_what_ended_before_is_gone() -> None:
    ada = make.namespace()
    old = make.after(-7200)
    make.observation(ada, first_seen=old, last_seen=make.after(-3600), is_open=False)
    make.observation(ada, method="visits", first_seen=old, last_seen=make.after(5400))
    (bar,) = uptime(ada, NOW)[FLOW].values()
    assert (bar.method, bar.pieces[0].x, bar.pieces[0].width) == ("visits", 0, WIDTH / 2)


def test_a_single_look_can_be_seen_and_the_end_does_not_stick_out() -> None:
    ada = make.namespace()
    make.observation(ada, first_seen=NOW, last_seen=NOW)
    (piece,) = uptime(ada, NOW)[FLOW]["health", "outside"].pieces
    assert piece.width > 1
    assert piece.x + piece.width <= WIDTH


def test_outcomes_differ_in_height_and_not_in_colour_alone() -> None:
    ada = make.namespace()
    for number, outcome in enumerate(ObservedOutcome):
        at = make.after(600 * number)
        make.observation(ada, outcome=outcome, first_seen=at, last_seen=at, is_open=False)
    (bar,) = uptime(ada, NOW)[FLOW].values()
    assert len({piece.height for piece in bar.pieces}) == len(ObservedOutcome)


def test_a_bar_has_so_many_pieces_at_most() -> None:
    ada = make.namespace()
    for number in range(MOST + 5):
        at = make.after(60 * number)
        make.observation(ada, reason=str(number), first_seen=at, last_seen=at, is_open=False)
    (bar,) = uptime(ada, NOW)[FLOW].values()
    assert len(bar.pieces) == MOST
    assert bar.pieces[-1].reason == str(MOST + 4)


def test_where_nothing_could_be_told_there_is_no_share() -> None:
    ada = make.namespace()
    make.observation(ada, outcome="unknown")
    (bar,) = uptime(ada, make.after(60))[FLOW].values()
    assert bar.shares == "100 % not told"
