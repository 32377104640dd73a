"""How a class moves: who had reached what when, how long a step takes, and sparklines."""

from datetime import datetime, timedelta

import pytest

from dashboard.active_lab import active_lab
from dashboard.assess.assessment_summary import parse_summary
from dashboard.assess.progress_status import NamespaceProgress as State
from dashboard.assess.progress_status import StuckRule
from dashboard.history.progress import ReachedSteps
from dashboard.web.board.progress import PARTS, StepPace, compute_progress, compute_step_paces
from dashboard.web.board.progress_chart import draw_progress
from dashboard.web.board.rows import BoardNamespace, BoardRow, build_row
from dashboard.web.board.trend import HEIGHT, SPAN, WIDTH, draw_trend
from netpol.model import Profile
from tests.dashboard.classes import CHECKED, summary
from tests.make import NOON, after

MINUTE = timedelta(minutes=1)


def reached(**minutes: float) -> dict[str, datetime]:
    """A dash in a step's key is an underscore here."""
    return {key.replace("_", "-"): after(60 * each) for key, each in minutes.items()}


def waiting(key: int, step: str, since: float) -> BoardRow:
    missing = CHECKED[CHECKED.index(step) :]
    told = summary(*missing)
    told["steps"]["baseline"] = step == CHECKED[0]
    state = parse_summary(active_lab(), told, Profile.KUBERNETES)
    held = State(state, NOON, after(60 * since))
    return build_row(
        BoardNamespace(key, f"n{key}", f"s{key}", NOON), held, state, StuckRule(after(3600), None)
    )


def pace(step: str, known: ReachedSteps, *rows: BoardRow) -> StepPace:
    return next(
        each
        for each in compute_step_paces(active_lab(), known, rows, after(3600))
        if each.step.key == step
    )


@pytest.mark.parametrize(
    ("step", "times", "passed", "took"),
    [
        # The first began the class; who was there before counts from then on.
        ("default-deny", [reached(baseline=0, default_deny=10)], 1, 0),
        (
            "default-deny",
            [reached(baseline=0, default_deny=10), reached(baseline=0, default_deny=30)],
            2,
            10,
        ),
        # Who came with policies has no beginning of the first step.
        ("default-deny", [reached(default_deny=10)], 0, None),
        ("dns", [reached(default_deny=10, dns=17)], 1, 7),
        ("dns", [reached(default_deny=10, dns=d) for d in (11, 13, 60)], 3, 3),
        # All in one change, or in another order: no time of its own.
        ("dns", [reached(default_deny=10, dns=10)], 1, 0),
        ("dns", [reached(default_deny=10, dns=5)], 1, 0),
        ("gateway", [reached(default_deny=10, dns=20, gateway=15)], 1, 0),
        # Not passed, or not in order: no part of it.
        ("dns", [reached(default_deny=10)], 0, None),
        ("gateway", [reached(default_deny=10, gateway=15)], 0, None),
        ("dns", [], 0, None),
    ],
)
def test_a_step_takes_from_when_those_before_it_are_reached(
    step: str, times: list[dict[str, datetime]], passed: int, took: int | None
) -> None:
    found = pace(step, dict(enumerate(times)))
    assert found.passed == passed
    assert found.took == (None if took is None else took * MINUTE)


def test_those_who_are_still_at_a_step_are_told_apart() -> None:
    rows = [waiting(1, "dns", 50), waiting(2, "dns", 20), waiting(3, "dns", 40)]
    found = pace("dns", {9: reached(default_deny=10, dns=12)}, *rows)
    assert (found.passed, found.took) == (1, 2 * MINUTE)
    assert (found.waiting, found.so_far) == (3, 20 * MINUTE)
    assert pace("gateway", {}, *rows).waiting == 0


@pytest.mark.parametrize(
    ("first", "since", "so_far"), [(10, [-500, -500, 40], 50), (None, [-500, 0], None)]
)
def test_at_the_first_step_one_is_from_when_the_first_of_the_class_did_it(
    first: float | None, since: list[float], so_far: float | None
) -> None:
    """Both who is at it and who passed it, for nobody sees when they begin."""
    rows = [waiting(key, "default-deny", each) for key, each in enumerate(since, 1)]
    known = {9: reached(baseline=-500, default_deny=first)} if first is not None else {}
    found = pace("default-deny", known, *rows)
    assert (found.is_first, found.waiting) == (True, len(since))
    assert found.so_far == (None if so_far is None else so_far * MINUTE)
    assert not pace("dns", known, *rows).is_first


def test_progress_counts_who_had_reached_a_step_by_then() -> None:
    known = {
        1: reached(default_deny=0, dns=30),
        2: reached(default_deny=30),
        3: reached(baseline=-900),
    }
    found = compute_progress(active_lab(), known, after(3600))
    assert found is not None
    assert found.moments == (NOON, after(1800), after(3600))
    assert found.columns == tuple(after(1200 * part) for part in range(4))
    counts = {curve.step.key: (curve.counts, curve.column_counts) for curve in found.curves}
    assert counts["default-deny"] == ((1, 2, 2), (1, 1, 2, 2))
    assert counts["dns"] == ((0, 1, 1), (0, 0, 1, 1))
    assert counts["kuma"] == ((0, 0, 0), (0, 0, 0, 0))


@pytest.mark.parametrize("until", [60 * 60, 60 * 600])
def test_the_curves_of_any_class_are_light_and_end_where_the_table_does(until: float) -> None:
    """While the class is at it, and long after."""
    known = {key: reached(default_deny=key / 20) for key in range(1000)}
    known |= {-key: reached(dns=49.95) for key in range(1, 4)}
    found = compute_progress(active_lab(), known, after(until))
    assert found is not None
    assert len(found.moments) <= PARTS + 2
    ends = {curve.step.key: (curve.counts[-1], curve.column_counts[-1]) for curve in found.curves}
    assert (ends["default-deny"], ends["dns"]) == ((1000, 1000), (3, 3))
    deny = found.curves[0]
    exact = [
        sum(key / 20 * MINUTE <= moment - NOON for key in range(1000)) for moment in found.moments
    ]
    assert list(deny.counts) == exact
    figure = draw_progress(found)
    assert figure["data"][0]["x"][-1] < figure["layout"]["xaxis"]["range"][1]


def test_progress_shows_the_last_hours_in_which_anything_was_reached() -> None:
    known = {1: reached(default_deny=0, dns=600)}
    while_at_it = compute_progress(active_lab(), known, after(60 * 660))
    weeks_later = compute_progress(active_lab(), known, after(60 * 60 * 24 * 14))
    assert while_at_it is not None
    assert weeks_later is not None
    assert (while_at_it.moments[0], while_at_it.moments[-1]) == (
        after(60 * 480),
        after(60 * 660),
    )
    assert (weeks_later.moments[0], weeks_later.moments[-1]) == (after(60 * 420), after(60 * 600))
    assert compute_progress(active_lab(), {1: reached(baseline=0)}, after(60)) is None


@pytest.mark.parametrize(
    ("states", "points", "words"),
    [
        ([(-1, 18)], "0,2 120,2", "18 of 18 flows as the lab wants them, as in all of the last"),
        ([(-9, 0), (1.5, 18)], "0,22 60,22 60,2 120,2", "; 0 at the beginning of the last 3 hours"),
        ([(0, 9), (1, 0), (2, 18)], "0,12 40,12 40,22 80,22 80,2 120,2", ", in between 0"),
    ],
)
def test_a_sparkline_is_a_line_in_steps_and_a_sentence(
    states: list[tuple[float, int]], points: str, words: str
) -> None:
    now = NOON + SPAN
    found = draw_trend([(NOON + hours * 60 * MINUTE, met) for hours, met in states], 18, now)
    assert found is not None
    assert found.points == points
    assert words in found.words
    assert all(
        0 <= int(x) <= WIDTH and 0 <= int(y) <= HEIGHT
        for x, y in (point.split(",") for point in points.split())
    )


def test_without_a_state_there_is_no_sparkline() -> None:
    assert draw_trend([], 18, NOON) is None
