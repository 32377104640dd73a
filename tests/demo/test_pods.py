"""The app's readiness follows what policies leave of its own connections."""

from datetime import timedelta
from itertools import pairwise

from demo.classroom.app_health import crash_spells, find_spells, list_app_states
from demo.classroom.roster import build_classroom, create_students
from demo.classroom.stories import DENY, SOLUTION, Quirk, StoryAct
from demo.classroom.timeline import build_timeline
from netpol import lab
from netpol.model import Profile
from tests.demo.test_stories import START


def states(*acts: StoryAct, minutes: float = 60) -> list[tuple[int, bool, int]]:
    """Seconds from the start, ready, restarts; without how it was before anything happened."""
    ends = START + timedelta(minutes=minutes)
    revisions = build_timeline(acts, (), START, ends, pace=1)
    found = list_app_states(find_spells(revisions, ends, Profile.KUBERNETES))
    return [
        (round((state.since - START).total_seconds()), state.ready, state.restarts)
        for state in found[1:]
    ]


def test_default_deny_makes_the_app_unready_after_three_probes_and_then_restarts_it() -> None:
    assert states(StoryAct(10, DENY), minutes=14) == [
        (630, False, 0),
        (690, False, 1),
        (790, False, 2),
    ]


def test_the_solution_makes_it_ready_again_and_keeps_its_restarts() -> None:
    assert states(StoryAct(10, DENY), StoryAct(2, SOLUTION))[-1] == (730, True, 1)


def test_a_cut_that_is_mended_before_the_third_probe_goes_unnoticed() -> None:
    assert states(StoryAct(10, DENY), StoryAct(0.4, SOLUTION)) == []


def test_the_gateway_does_not_matter_to_the_kubelet() -> None:
    rest = tuple(key for key in SOLUTION if key != "allow-gateway-ingress")
    assert states(StoryAct(10, rest)) == []


def test_restarts_come_at_most_every_six_and_a_half_minutes_once_they_back_off() -> None:
    moments = [second for second, _, _ in states(StoryAct(0, DENY), minutes=120)][1:]
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert gaps == sorted(gaps)
    assert gaps[-1] == 390


def test_some_apps_wait_longer_so_that_probes_see_slow_answers_too() -> None:
    room = build_classroom(START, create_students(28), lab.load_default_lab().namespaces)
    patient = {each.login for each in room.students if each.patient}
    assert 0 < len(patient) < 28
    for namespace in room.namespaces.values():
        assert (
            namespace.student.login not in patient
            or namespace.quirk is Quirk.CRASHING
            or len(namespace.app_states) == 1
        )


def test_an_app_that_crashes_has_no_use_for_policies() -> None:
    moments = [
        state.ready for state in list_app_states(crash_spells(START, START + timedelta(hours=1)))
    ]
    assert (moments[0], set(moments[1:])) == (True, {False})


def test_where_nothing_is_enforced_default_deny_harms_no_app() -> None:
    ends = START + timedelta(hours=1)
    revisions = build_timeline((StoryAct(10, DENY),), (), START, ends, pace=1)
    assert len(list_app_states(find_spells(revisions, ends, Profile.UNENFORCED))) == 1
