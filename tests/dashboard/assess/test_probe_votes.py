"""Two of the newest three looks decide, and a look from before the present state has no say."""

import pytest

from dashboard.assess.probe_votes import (
    ObservedFlow,
    decide_outcome,
    was_probed_between,
)
from dashboard.models import Observation, ObservedOutcome
from tests import make

R, B, U = ObservedOutcome.REACHED, ObservedOutcome.BLOCKED, ObservedOutcome.UNKNOWN
LETTERS = {"r": R, "b": B, "u": U}


def intervals(looks: str) -> list[Observation]:
    """A look a minute, the oldest first from noon on; equal neighbours are one interval."""
    rows: list[Observation] = []
    for minute, letter in enumerate(looks):
        at, outcome = make.after(60 * minute), LETTERS[letter]
        if rows and rows[-1].outcome == outcome:
            rows[-1].last_seen, rows[-1].looks = at, rows[-1].looks + 1
            continue
        rows.append(
            Observation(
                flow="f",
                method="health",
                vantage="worker",
                outcome=outcome,
                reason=f"saw {outcome}",
                first_seen=at,
                last_seen=at,
            )
        )
    return rows[::-1]


def vote(looks: str, changed_after: float | None = None) -> ObservedFlow:
    """At the last look; the present state began so many seconds after noon."""
    begin = None if changed_after is None else make.after(changed_after)
    return decide_outcome(intervals(looks), begin, make.after(60 * (len(looks) - 1)))


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ("r", R),
        ("b", B),
        ("u", U),
        ("rr", R),
        ("rb", U),
        ("rrb", R),
        ("rbb", B),
        ("rbr", R),
        ("brb", B),
        ("rrrrb", R),
        ("rrrbb", B),
        ("ruu", U),
        ("rru", R),
        ("uur", U),
        ("urr", R),
        ("rub", U),
        ("bbbbr", B),
    ],
)
def test_two_of_three_looks_decide(looks: str, expected: ObservedOutcome) -> None:
    assert vote(looks).outcome is expected


def test_a_single_look_that_was_outvoted_is_told() -> None:
    found = vote("rrb")
    assert "outvotes a newest look: blocked" in found.reason
    assert found.seen == make.after(60)


def test_looks_that_disagree_say_so() -> None:
    assert vote("rb").reason == "looks disagree; the next one decides"


@pytest.mark.parametrize(
    ("looks", "changed_after", "expected"),
    [
        ("rrr", 125, "unknown: settling after a change; before it, a probe saw it reached"),
        ("uuu", 125, "unknown: saw unknown"),
        # One look alone turns nothing over, two do.
        (
            "rrrb",
            125,
            (
                "unknown: one look since the change saw it blocked, before it was reached; "
                "the next look decides"
            ),
        ),
        ("rrrbb", 125, "blocked: saw blocked"),
        ("uuub", 125, "blocked: saw blocked"),
        # The look at 180 s is within ten seconds of the change.
        ("rrrb", 171, "unknown: settling after a change; before it, a probe saw it blocked"),
        ("rrrbb", 170, "blocked: saw blocked"),
        ("rrrbr", 125, "unknown: looks disagree; the next one decides"),
        # An interval that began before the change and went on: only its later looks count.
        ("rrrr", 125, "reached: saw reached"),
        ("rrrrbb", 200, "blocked: saw blocked"),
        ("rrrrb", None, "reached: saw reached (outvotes a newest look: blocked)"),
    ],
)
def test_looks_from_before_a_change_have_no_say(
    looks: str, changed_after: float | None, expected: str
) -> None:
    found = vote(looks, changed_after)
    assert f"{found.outcome}: {found.reason}" == expected


def test_the_looks_of_an_interval_are_counted_by_their_own_distance() -> None:
    """A prober looks every two minutes: of seven looks in twelve, two are in the last three."""
    interval = Observation(
        flow="f",
        outcome=R,
        reason="saw reached",
        first_seen=make.after(0),
        last_seen=make.after(720),
        looks=7,
    )
    newer = Observation(
        flow="f",
        outcome=B,
        reason="saw blocked",
        first_seen=make.after(730),
        last_seen=make.after(730),
    )
    settled_after = 500
    found = decide_outcome([newer, interval], make.after(settled_after), make.after(730))
    assert found.outcome is R
    found = decide_outcome([newer, interval], make.after(600), make.after(730))
    assert found.reason == "looks disagree; the next one decides"


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [
        (300, "saw reached"),
        (301, "last seen 5 min ago: too old"),
        (7300, "last seen 2 h ago: too old"),
        (200_000, "last seen 2 days ago: too old"),
    ],
)
def test_what_is_too_old_is_unknown_and_says_how_old(seconds: float, reason: str) -> None:
    assert decide_outcome(intervals("r"), None, make.after(seconds)).reason == reason


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        (0, 60, True),
        (60, 600, True),
        (61, 119, False),
        (61, 120, True),
        (100, 130, True),
        (119, 90, False),
        (200, 239, False),
        (240, 600, True),
        (241, 600, False),
        (-60, -1, False),
        (-60, 0, True),
    ],
)
def test_an_interval_may_span_a_time_in_which_nobody_looked(
    begin: float, end: float, *, expected: bool
) -> None:
    (row,) = intervals("rrrrr")
    assert was_probed_between(row, make.after(begin), make.after(end)) is expected
