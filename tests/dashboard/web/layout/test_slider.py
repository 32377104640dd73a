"""The states that a page is replayed over: where it stands, and what is beside it."""

import pytest
from django.test import RequestFactory

from dashboard.times.moment import TimeMoment
from dashboard.web.layout import sliders
from dashboard.web.layout.slider import STOPS, Slider, build_slider, pick_evenly
from tests import make

DAY = 86400
STATES = [(make.after(second), make.after(second + 3)) for second in (0, 10, 20, 30)]
"""Each begins at a ten and is shown three seconds later; the newest is shown as now."""


def stand(seconds: float | None, address: str = "/", *, playing: bool = False) -> Slider:
    at = None if seconds is None else TimeMoment(make.after(seconds))
    found = build_slider(STATES, at, address, playing=playing)
    assert found
    return found


def second(at: TimeMoment | None) -> float | None:
    return (at.time - make.NOON).total_seconds() if at else None


@pytest.mark.parametrize(
    ("at", "index", "before", "behind"),
    [
        (-5, 0, None, 3),
        (0, 0, None, 13),
        (9.9, 0, None, 13),
        (10, 1, 3, 23),
        (13, 1, 3, 23),
        (23, 2, 13, None),
        (30, 3, 23, None),
        (99, 3, 23, None),
        (None, 3, 23, None),
    ],
)
def test_it_stands_at_the_state_that_held_between_the_ones_beside_it(
    at: float | None, index: int, before: float | None, behind: float | None
) -> None:
    found = stand(at)
    assert (found.index, second(found.previous), second(found.next)) == (index, before, behind)


def test_the_last_stop_is_now_and_has_no_time() -> None:
    ends = [(f"2026-03-03T12:00:{at}3Z", f"2026-03-03T12:00:{at}0Z") for at in range(3)]
    assert stand(None).stops == (*ends, ("", ""))
    assert stand(None).last_index == 3


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (None, "now"),
        (-5, "2026-03-03 11:59:55 UTC, before the first state"),
        (10, "change of 2026-03-03 12:00:10 UTC"),
        (13, "change of 2026-03-03 12:00:10 UTC, as it stood at 12:00:13"),
        (DAY, "change of 2026-03-03 12:00:30 UTC, as it stood at 2026-03-04 12:00:00 UTC"),
    ],
)
def test_it_says_of_which_change_it_shows_what_was_known_when(at: float | None, words: str) -> None:
    assert stand(at).position_text == words


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lived", "at", "begins"),
    [
        (10, None, [4, 5, 6, 7, 8, 9]),
        (10, 3, [1, 2, 3, 4, 5, 6, 9]),
        (10, 6, [4, 5, 6, 7, 8, 9]),
        (10, 8, [6, 7, 8, 9]),
        (7, 2, [0, 1, 2, 3, 4, 5, 6]),
        (6, 2, [0, 1, 2, 3, 4, 5]),
        (6, None, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_of_a_long_life_the_states_nearest_to_the_moment_are_read_and_the_newest(
    rf: RequestFactory,
    monkeypatch: pytest.MonkeyPatch,
    lived: int,
    at: int | None,
    begins: list[int],
) -> None:
    monkeypatch.setattr(sliders, "NEAREST", 6)
    namespace = make.namespace()
    for number in range(lived):
        make.snapshot(namespace, seconds=60 * number)
    moment = None if at is None else TimeMoment(make.after(60 * at + 1))
    found = sliders.build_namespace_slider(rf.get("/"), namespace, moment)
    assert found
    assert [began for _, began in found.stops[:-1]] == [
        str(TimeMoment(make.after(60 * number))) for number in begins[:-1]
    ]
    assert (found.changes, found.is_part) == (len(begins), len(begins) < lived)


@pytest.mark.parametrize("states", [[], STATES[:1]])
def test_one_state_cannot_be_replayed(states: list[tuple[object, object]]) -> None:
    assert build_slider(states, None, "/") is None  # type: ignore[arg-type]  # shorter


@pytest.mark.parametrize(
    ("at", "address", "play", "onward"),
    [
        (None, "/", "/?at=2026-03-03T12:00:03Z&play=1", "/"),
        (0, "/", "/?at=2026-03-03T12:00:13Z&play=1", "/?at=2026-03-03T12:00:13Z&play=1"),
        (23, "/?hours=1", "/?hours=1", "/?hours=1"),
        (99, "/?hours=1", "/?hours=1&at=2026-03-03T12:00:03Z&play=1", "/?hours=1"),
    ],
)
def test_a_replay_goes_on_to_the_next_stop_and_ends_at_now(
    at: float | None, address: str, play: str, onward: str
) -> None:
    found = stand(at, address)
    assert (found.play_address, found.onward_address) == (play, onward)


@pytest.mark.parametrize(("at", "plays"), [(0, True), (None, False)])
def test_now_does_not_play(at: float | None, *, plays: bool) -> None:
    assert stand(at, playing=True).playing is plays


@pytest.mark.parametrize("count", [1, 2, STOPS, STOPS + 1, 5000])
def test_many_states_are_thinned_to_some_that_keep_both_ends(count: int) -> None:
    kept = pick_evenly(range(count))
    assert (kept[0], kept[-1]) == (0, count - 1)
    assert kept == sorted(set(kept))
    assert len(kept) == min(count, STOPS)


def test_between_two_stops_of_many_it_stands_at_the_one_before() -> None:
    states = [(make.after(number), make.after(number)) for number in range(1001)]
    found = build_slider(states, TimeMoment(make.after(8)), "/")
    assert found
    assert (found.index, found.stops[1][0]) == (1, "2026-03-03T12:00:05Z")
    assert (second(found.previous), second(found.next)) == (7, 9)
