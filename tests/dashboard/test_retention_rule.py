"""Which intervals of the past may be merged: the rule alone."""

from datetime import timedelta

import pytest

from dashboard.history.retention.rule import FLAPS, Interval, Merge, Spans, flapping, states
from tests import make

GAP = timedelta(minutes=10)
MINUTE, HOUR, DAY = 60, 3600, 86400
LATER = make.after(100 * DAY)
NOTHING_KEPT = Spans([])


def intervals(*drawn: str, unit: int = MINUTE) -> list[Interval]:
    """Each as “look first-last”; its key is its place."""
    found = []
    for key, each in enumerate(drawn):
        look, times = each.split()
        first, last = (make.after(float(time) * unit) for time in times.split("-"))
        found.append(Interval(key, first, last, look))
    return found


def merged(merges: list[Merge]) -> dict[int, tuple[int, ...]]:
    return {merge.into: merge.gone for merge in merges}


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ((0, 0), {0: (1, 2, 3, 4)}),
        ((12, 12), {1: (2, 3, 4)}),
        ((15, 35), {3: (4,)}),
        ((10, 10), {1: (2, 3, 4)}),
        ((20, 20), {2: (3, 4)}),
        ((29.5, 29.6), {0: (1,), 2: (3, 4)}),
    ],
)
def test_what_must_be_kept_is_merged_into_nothing(
    span: tuple[float, float], expected: dict[int, tuple[int, ...]]
) -> None:
    rows = intervals("a 0-9", "a 10-19", "a 20-29", "a 30-39", "a 40-49", "a 50-59")
    kept = Spans([(make.after(span[0] * MINUTE), make.after(span[1] * MINUTE))])
    assert merged(list(states(rows, kept, LATER, GAP))) == expected


def test_what_is_not_old_enough_stays() -> None:
    rows = intervals("a 0-9", "a 10-19", "a 20-29", "a 30-39")
    assert merged(list(states(rows, NOTHING_KEPT, make.after(20 * MINUTE + 1), GAP))) == {0: (1,)}


def test_a_day_of_nothing_but_changes_becomes_one_and_its_neighbours_do_not() -> None:
    flaps = [f"{'ab'[n % 2]} {1440 + n}-{1440 + n}" for n in range(FLAPS + 1)]
    calm = [f"{'ab'[n % 2]} {2880 + n}-{2880 + n}" for n in range(FLAPS)]
    (merge,) = flapping(intervals("a 0-0", *flaps, *calm), NOTHING_KEPT, LATER)
    last = make.after((1440 + FLAPS) * MINUTE)
    assert merge == Merge(1, tuple(range(2, FLAPS + 2)), last)
    assert list(flapping(intervals(*flaps[:-1]), NOTHING_KEPT, LATER)) == []


def test_of_a_day_of_changes_that_is_kept_in_part_the_rest_becomes_one() -> None:
    rows = intervals(*(f"{'ab'[n % 2]} {n}-{n}" for n in range(FLAPS + 10)))
    kept = Spans([(make.after(20 * MINUTE), make.after(30 * MINUTE))])
    first, second = flapping(rows, kept, LATER)
    assert (first.into, first.gone[-1], second.into) == (0, 19, 31)


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        (["a 0-1", "a 1-2"], {}),
        (["a 0-1", "a 1-2", "a 2-3"], {0: (1,)}),
        (["a 0-1", "a 1-2", "a 2-3", "b 3-4"], {0: (1, 2)}),
        (["a 0-1", "b 1-2", "a 2-3", "b 3-4"], {}),
        (["b 0-1", "a 1-2", "a 2-3", "b 3-4"], {1: (2,)}),
        # 12 hours after noon the next day begins.
        (["a 0-11", "a 11-13", "a 13-14", "a 14-15", "b 15-16"], {0: (1,), 2: (3,)}),
        (["a 0-40", "a 40-41", "a 41-42", "b 42-43"], {1: (2,)}),
        (["a 0-1", "a 1.5-2", "a 2-3", "b 3-4"], {1: (2,)}),
    ],
)
def test_of_states_that_say_the_same_the_first_of_each_day_stays(
    drawn: list[str], expected: dict[int, tuple[int, ...]]
) -> None:
    rows = intervals(*drawn, unit=HOUR)
    assert merged(list(states(rows, NOTHING_KEPT, LATER, GAP))) == expected


def test_a_state_is_kept_by_a_moment_until_the_next_one_begins() -> None:
    rows = intervals("a 0-1", "a 2-3", "a 4-5", "a 6-7", "b 8-9")
    kept = Spans([(make.after(3.5 * MINUTE),) * 2])
    assert merged(list(states(rows, kept, LATER, GAP))) == {1: (2, 3)}


def test_spans_that_overlap_are_one() -> None:
    day = [make.after(n) for n in range(10)]
    spans = Spans([(day[4], day[5]), (day[1], day[3]), (day[2], day[2])])
    touched = [n for n in range(10) if spans.touch(day[n], day[n])]
    assert touched == [1, 2, 3, 4, 5]
    assert spans.touch(day[0], day[9])
    assert not spans.touch(day[6], day[9])
