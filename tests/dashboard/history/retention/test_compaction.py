"""Which intervals of a day may become one, and which times must stay: the rules alone."""

from dashboard.history.retention.compaction import MOST_A_DAY, find_flapping
from dashboard.history.retention.evidence import KeptTimes
from dashboard.models import Observation
from tests import make

MINUTE, DAY = 60, 86400
LATER = make.after(100 * DAY)
NOTHING_KEPT = KeptTimes([])


def each_minute(*minutes: int) -> list[Observation]:
    """One interval at each of these minutes, which is its key."""
    at = make.after
    return [Observation(pk=n, first_seen=at(MINUTE * n), last_seen=at(MINUTE * n)) for n in minutes]


def keys(groups: list[list[Observation]]) -> list[list[int]]:
    return [[row.pk for row in group] for group in groups]


def test_a_day_of_nothing_but_changes_becomes_one_and_its_neighbours_do_not() -> None:
    flapping = range(1440, 1440 + MOST_A_DAY + 1)
    calm = range(2880, 2880 + MOST_A_DAY)
    rows = each_minute(0, *flapping, *calm)
    assert keys(list(find_flapping(rows, NOTHING_KEPT, LATER))) == [list(flapping)]
    assert list(find_flapping(each_minute(*flapping[:-1]), NOTHING_KEPT, LATER)) == []


def test_of_a_day_of_changes_that_is_kept_in_part_the_rest_becomes_one() -> None:
    kept = KeptTimes([(make.after(20 * MINUTE), make.after(30 * MINUTE))])
    rows = each_minute(*range(MOST_A_DAY + 10))
    first, second = keys(list(find_flapping(rows, kept, LATER)))
    assert (first[0], first[-1], second[0]) == (0, 19, 31)


def test_what_is_not_old_enough_stays() -> None:
    rows = each_minute(*range(MOST_A_DAY + 1))
    (group,) = find_flapping(rows, NOTHING_KEPT, make.after(20 * MINUTE))
    assert keys([group]) == [list(range(20))]


def test_kept_times_that_overlap_are_one() -> None:
    day = [make.after(n) for n in range(10)]
    kept = KeptTimes([(day[4], day[5]), (day[1], day[3]), (day[2], day[2])])
    assert [n for n in range(10) if kept.overlap(day[n], day[n])] == [1, 2, 3, 4, 5]
    assert kept.overlap(day[0], day[9])
    assert not kept.overlap(day[6], day[9])
