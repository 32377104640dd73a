"""When a class sits down together."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

import pytest

from dashboard.history.runs.sessions import (
    BACK,
    LabSession,
    PolicyInterval,
    PolicySetChange,
    count_required,
    find_policy_changes,
    find_sessions,
    resume_session,
)
from tests import make


@pytest.mark.parametrize(
    ("students", "least"), [(0, 3), (1, 3), (30, 3), (31, 4), (200, 20), (1000, 100), (1001, 101)]
)
def test_a_tenth_of_the_class_and_at_least_three(students: int, least: int) -> None:
    assert count_required(students) == least


def held(namespace: int, policies: str, begins: float, ends: float) -> PolicyInterval:
    return PolicyInterval(namespace, policies, make.after(60 * begins), make.after(60 * ends))


@pytest.mark.parametrize(
    ("states", "changed"),
    [
        ([held(1, "a", 0, 9)], []),
        ([held(1, "a", 0, 9), held(1, "a", 10, 20)], []),
        ([held(1, "a", 0, 9), held(1, "b", 10, 20)], [(10, 1)]),
        ([held(1, "b", 10, 20), held(1, "a", 0, 9)], [(10, 1)]),
        ([held(1, "a", 0, 9), held(1, "b", 10, 20), held(1, "a", 21, 30)], [(10, 1), (21, 1)]),
        ([held(1, "a", 0, 9), held(2, "b", 10, 20)], []),
        ([held(1, "a", 0, 9), held(1, "b", 24, 30)], [(24, 1)]),
        ([held(1, "a", 0, 9), held(1, "b", 25, 30)], []),
    ],
)
def test_a_change_is_of_the_policies_and_seen_when_it_happens(
    states: list[PolicyInterval], changed: list[tuple[float, int]]
) -> None:
    assert list(find_policy_changes(states)) == [
        PolicySetChange(make.after(60 * at), who) for at, who in changed
    ]


Drawn = Sequence[tuple[float, int]]
"""Minutes, and whose policies changed then."""


def found(drawn: Drawn, since: float = -1, going: LabSession | None = None) -> list[LabSession]:
    changed = [PolicySetChange(make.after(60 * at), who) for at, who in drawn]
    return find_sessions(changed, 3, make.after(60 * since), going)


@pytest.mark.parametrize(
    ("drawn", "held_sessions"),
    [
        ([], []),
        ([(0, 1), (1, 2)], []),
        ([(0, 1), (1, 1), (2, 1), (3, 2)], []),
        ([(0, 1), (1, 2), (2, 3)], [(0, 2)]),
        ([(0, 1), (0, 2), (0, 3)], [(0, 0)]),
        ([(2, 3), (0, 1), (1, 2)], [(0, 2)]),
        ([(0, 1), (7, 2), (15, 3)], [(0, 15)]),
        ([(0, 1), (7, 2), (15.1, 3)], []),
        ([(0, 1), (7, 2), (15.1, 3), (16, 1)], [(7, 16)]),
        ([(0, 1), (1, 2), (2, 3), (40, 1)], [(0, 2)]),
        ([(0, 1), (1, 2), (2, 3), (45, 1), (46, 2), (47, 3)], [(0, 47)]),
        ([(0, 1), (1, 2), (2, 3), (45, 1), (46, 2), (47.1, 3)], [(0, 2), (45, 47.1)]),
    ],
)
def test_a_session_is_a_time_in_which_several_change_their_policies(
    drawn: Drawn, held_sessions: list[tuple[float, float]]
) -> None:
    expected = [
        LabSession(make.after(60 * began), make.after(60 * active))
        for began, active in held_sessions
    ]
    assert found(drawn) == expected


def test_what_showed_before_the_last_look_is_not_told_again() -> None:
    burst = [(0.0, 1), (1.0, 2), (2.0, 3)]
    assert found(burst, since=2) == []
    assert found([*burst, (3, 1)], since=2) == [LabSession(make.after(0), make.after(180))]


def test_a_session_that_goes_on_is_the_same_one() -> None:
    going = LabSession(make.after(-3600), make.after(-600))
    assert found([(0, 1), (1, 2), (2, 3)], going=going) == [
        LabSession(make.after(-3600), make.after(120))
    ]
    assert found([], going=going) == [going]


@pytest.mark.parametrize("seed", range(8))
def test_looking_often_finds_what_looking_once_finds(seed: int) -> None:
    """With no more than what is kept from one look to the next, and with the newest changes."""
    random = Random(seed)
    for _ in range(25):
        alone = [
            (random.randint(0, 300), random.randint(1, 5)) for _ in range(random.randint(0, 20))
        ]
        together = random.sample(range(300), random.randint(3, 12))
        drawn = alone + [(at, who) for at in together for who in (1, 2, 3)]
        looks = random.sample(range(360), random.randint(0, 12))
        assert found_by(drawn, looks) == found(drawn)


def found_by(drawn: Drawn, looks: list[int]) -> list[LabSession]:
    told: list[LabSession] = []
    since = -1
    for until in sorted({*looks, 360}):
        then = make.after(60 * since)
        back = since - BACK // timedelta(minutes=1)
        known = [(at, who) for at, who in drawn if back < at <= until]
        going = [each for each in told if not each.is_over(then)]
        open_one = resume_session(going[0].began, then) if going else None
        told = told[: len(told) - len(going)] + found(known, since, open_one)
        since = until
    return told
