"""What a report says of each item, and what that is worth: tables of the rules."""

from fractions import Fraction
from typing import Any

import pytest

from dashboard.active_lab import active_lab
from dashboard.assess.changes import SnapshotChange
from dashboard.assess.namespace_objects import EntityPods
from dashboard.assess.steps import combine_marks
from dashboard.models import Monitor, PolicySet, ProbeSign, Snapshot, StepMark
from dashboard.times.moment import TimeMoment
from dashboard.web.reports.facts import ReportFacts
from dashboard.web.reports.items import ItemState, ReportItem
from dashboard.web.reports.points import PointShare, ScoredCriterion, add_shares, format_points
from dashboard.web.reports.report import GradedNamespace, grade_namespace
from netpol.lab import Criterion, CriterionMeasure
from netpol.model import Outcome
from tests import make
from tests.dashboard.web.reports.facts import CHECKED, REACHED, facts, look

GATEWAY, KUMA = "Gateway to student-app", "Gateway to uptime-kuma"
REDIS, DNS = "student-app to redis", "student-app to DNS"
ALL_READY = dict.fromkeys(["student-app", "redis", "uptime-kuma"], EntityPods(1, 0, 0))
VISITS = {
    GATEWAY: look(method="visits", sign=ProbeSign.COUNTED),
    DNS: look(method="visits", sign=ProbeSign.COUNTED),
    REDIS: look(method="visits", sign=ProbeSign.COUNTED),
}


def step(key: str, known: ReportFacts) -> ReportItem:
    return next(item for item in grade_namespace(active_lab(), known).steps if item.key == key)


def check(key: str, known: ReportFacts) -> ReportItem:
    return next(item for item in grade_namespace(active_lab(), known).checks if item.key == key)


def scored(key: str, known: ReportFacts) -> ScoredCriterion:
    found = grade_namespace(active_lab(), known).points
    assert found
    return next(each for area in found.areas for each in area.criteria if each.criterion.key == key)


def share(key: str, known: ReportFacts) -> tuple[str, str]:
    """What is earned of what could be judged."""
    found = scored(key, known).share
    return format_points(found.earned), format_points(found.judged)


def monitor(watches: str, status: str = "up", beat: float = 590, **fields: Any) -> Monitor:
    seen = {"beat_at": make.after(beat), "last_seen": make.after(600)}
    return Monitor(name=watches, watches=watches, status=status, **seen | fields)


MARK = StepMark(
    step="committed", by="grace", at=make.NOON, taken_back_by="linus", taken_back_at=make.after(60)
)
CHANGED = Snapshot(first_seen=make.after(500), policy_set=PolicySet(manifests=[]))
UP = [monitor("health"), monitor("visits"), monitor("prod-health")]


@pytest.mark.parametrize(
    ("key", "known", "state", "words"),
    [
        ("dns", facts(*make.solution()), "holds", "By `allow-dns-egress`."),
        ("dns", facts(make.policy()), "does not hold", "held once and no longer does"),
        (
            "dns",
            facts(
                make.policy(),
                lost={"dns": SnapshotChange(TimeMoment(make.NOON), TimeMoment(make.after(60)), ())},
            ),
            "does not hold",
            "no longer since 2026-03-03 12:01:00 UTC: the policies stayed;",
        ),
        ("dns", facts(make.policy(), reached={}), "does not hold", "should be open"),
        ("baseline", facts(*make.solution()), "done", "It held at 2026-03-03 12:00:00 UTC"),
        ("committed", facts(*make.solution()), "not checked", "does not read the class's Git"),
        (
            "committed",
            facts(marks=combine_marks([MARK], make.after(59))),
            "holds",
            "Marked by grace at 2026-03-03 12:00:00 UTC.",
        ),
        (
            "committed",
            facts(marks=combine_marks([MARK], make.after(60))),
            "not checked",
            "12:00:00 UTC, taken back by linus at 2026-03-03 12:01:00 UTC.",
        ),
        (
            "committed",
            facts(marks=combine_marks([MARK], make.NOON), snapshot=None, assessment=None),
            "holds",
            "Marked by grace",
        ),
        ("dns", facts(assessment=None), "cannot be told", "Another version"),
        ("dns", facts(snapshot=None, assessment=None), "cannot be told", "not read by then"),
    ],
)
def test_a_step_says_whether_it_holds_and_by_what(
    key: str, known: ReportFacts, state: str, words: str
) -> None:
    item = step(key, known)
    assert item.state == state
    assert words in item.proof


def seen(**looks: Any) -> dict[str, Any]:
    return {"observed": {GATEWAY: look(), KUMA: look()} | looks.pop("but", {})} | looks


@pytest.mark.parametrize(
    ("key", "known", "state", "words"),
    [
        ("pods", facts(pods=ALL_READY), "holds", "student-app 1 ready, 0 restarts"),
        ("pods", facts(pods={}), "does not hold", "There is no pod of `student-app`, `redis`"),
        ("pods", facts(pods=None), "cannot be told", "not seen then"),
        (
            "pods",
            facts(make.policy(), pods=ALL_READY | {"student-app": EntityPods(0, 1, 3)}),
            "does not hold",
            "student-app waits for student-app to DNS and student-app to redis",
        ),
        (
            "pods",
            facts(pods=ALL_READY | {"redis": EntityPods(0, 1, 3)}, outages=frozenset({DNS})),
            "cannot be told",
            "the whole class had lost it",
        ),
        ("rights", facts(make.policy()), "holds", "The dashboard does not see who"),
        ("rights", facts(), "not checked", "rights themselves are not read"),
        ("public-urls", facts(**seen()), "holds", "Gateway to uptime-kuma: the probe saw"),
        ("public-urls", facts(), "not checked", "No probe covers this flow."),
        (
            "public-urls",
            facts(**seen(but={KUMA: look("unknown", reason="too old")})),
            "cannot be told",
            "too old",
        ),
        (
            "public-urls",
            facts(**seen(but={KUMA: look("blocked")})),
            "does not hold",
            "Gateway to uptime-kuma was seen blocked",
        ),
        (
            "public-urls",
            facts(**seen(but={KUMA: look("blocked")}, outages=frozenset({KUMA}))),
            "cannot be told",
            "but the whole class had lost it",
        ),
        (
            "public-urls",
            facts(
                *make.solution(),
                **seen(but={KUMA: look("blocked")}, here={KUMA: Outcome.DENY}),
            ),
            "cannot be told",
            "but this cluster's network plugin is known to block it",
        ),
        ("visits", facts(observed=VISITS), "holds", "student-app to redis"),
        ("visits", facts(observed={GATEWAY: look()}), "not checked", "No probe looks at it."),
        (
            "visits",
            facts(observed=VISITS | {REDIS: look("blocked", "visits")}),
            "does not hold",
            "student-app to redis was seen blocked",
        ),
        (
            "visits",
            facts(observed=dict.fromkeys(VISITS, look(method="visits", sign=ProbeSign.ANSWERED))),
            "cannot be told",
            "no count",
        ),
        ("monitors", facts(monitors=UP), "holds", "Up: `health`, `visits`."),
        ("monitors-prod", facts(monitors=UP), "holds", "Up: `prod-health`."),
        ("monitors", facts(monitors=[]), "not checked", "No status page"),
        ("monitors", facts(monitors=None), "cannot be told", "is not kept"),
        ("monitors", facts(monitors=UP[:2]), "holds", "Up: `health`, `visits`."),
        ("monitors-prod", facts(monitors=UP[:2]), "cannot be told", "`prod-health`: no monitor is"),
        (
            "monitors",
            facts(monitors=[UP[0], monitor("visits", "down")]),
            "does not hold",
            "Down: `visits`.",
        ),
        (
            "monitors",
            facts(monitors=[UP[0], monitor("visits", "pending")]),
            "cannot be told",
            "`visits`: pending",
        ),
        (
            "monitors",
            facts(monitors=[UP[0], monitor("visits", beat_at=make.after(-600))]),
            "cannot be told",
            "newest beat is from 2026-03-03 11:50:00 UTC",
        ),
        # A beat tells of a state once the plugin had ten seconds to take it in.
        *(
            (
                "monitors",
                facts(monitors=[UP[0], monitor("visits", *said)], snapshot=CHANGED),
                state,
                words,
            )
            for said, state, words in (
                (("down", 509), "cannot be told", "12:08:29 UTC, is from before the newest change"),
                (("up", 509), "cannot be told", "12:08:29 UTC, is from before the newest change"),
                (("down", 510), "does not hold", "Down: `visits`."),
                (("up", 510), "holds", "Up: `health`, `visits`."),
            )
        ),
        (
            "monitors",
            facts(monitors=[monitor("health", "down"), *UP[1:]], outages=frozenset({DNS})),
            "cannot be told",
            "but the whole class had lost it",
        ),
        ("not-default-allow", facts(make.policy()), "holds", "Every pod is isolated"),
        ("jerry", facts(*make.solution()), "not checked", "gymctl"),
        ("pods", facts(environment="prod", pods=ALL_READY), "not checked", "done in dev"),
    ],
)
def test_an_item_of_the_checklist_holds_or_not_or_is_not_known_and_says_why(
    key: str, known: ReportFacts, state: str, words: str
) -> None:
    item = check(key, known)
    assert (item.state, words in item.proof, item.proof) == (state, True, item.proof)


REACHED_FLOWS = {
    flow.name: look("reached") for flow in active_lab().flows if flow.expected == "allow"
}
BLOCKED_FLOWS = {
    flow.name: look("blocked") for flow in active_lab().flows if flow.expected == "deny"
}
NP101 = {"code": "NP101", "level": "warning", "policy": "p", "path": "spec", "message": "Idle."}


@pytest.mark.parametrize(
    ("key", "known", "worth"),
    [
        ("flows", facts(*make.solution()), ("36", "36")),
        # Open because nothing restricts it is no achievement.
        ("flows", facts(), ("0", "36")),
        ("flows", facts(make.policy()), ("12", "36")),
        ("flows", facts(assessment=None), ("0", "0")),
        ("steps", facts(*make.solution()), ("24", "24")),
        ("steps", facts(*make.solution()[:2]), ("8", "24")),
        ("reached", facts(make.policy()), ("10", "10")),
        ("reached", facts(*make.solution(), reached={}), ("0", "10")),
        ("reached", facts(assessment=None, reached={"dns": make.NOON}), ("1.7", "1.7")),
        ("observed", facts(*make.solution()), ("0", "0")),
        ("observed", facts(*make.solution(), observed=REACHED_FLOWS | BLOCKED_FLOWS), ("9", "9")),
        ("observed", facts(*make.solution(), observed={GATEWAY: look()}), ("0.5", "0.5")),
        ("observed", facts(*make.solution(), observed={GATEWAY: look("blocked")}), ("0", "0.5")),
        ("observed", facts(*make.solution(), observed={GATEWAY: look("unknown")}), ("0", "0")),
        # Reached before anything was restricted shows nothing.
        ("observed", facts(observed={GATEWAY: look()}), ("0", "0.5")),
        (
            "observed",
            facts(
                *make.solution(),
                observed={GATEWAY: look("blocked")},
                here={GATEWAY: Outcome.DENY},
            ),
            ("0", "0"),
        ),
        (
            "observed",
            facts(
                *make.solution(),
                observed={GATEWAY: look("blocked")},
                outages=frozenset({GATEWAY}),
            ),
            ("0", "0"),
        ),
        # A plugin that does not enforce is no mistake of the policies.
        (
            "observed",
            facts(*make.solution(), observed={"Gateway to redis": look("reached")}),
            ("0", "0"),
        ),
        ("checklist", facts(make.policy()), ("1.2", "1.2")),
        ("slips", facts(*make.solution()), ("6", "6")),
        ("slips", facts(*make.solution(), findings=None), ("0", "0")),
        ("slips", facts(), ("0", "0")),
        ("leftovers", facts(*make.solution(), findings=[NP101]), ("3", "4")),
        ("kept", facts(*make.solution()), ("5", "5")),
        ("kept", facts(), ("0", "5")),
        ("kept", facts(reached={}), ("0", "5")),
    ],
)
def test_a_criterion_is_worth_what_holds_of_what_could_be_judged(
    key: str, known: ReportFacts, worth: tuple[str, str]
) -> None:
    assert share(key, known) == worth


def everything(**fields: Any) -> ReportFacts:
    observed = REACHED_FLOWS | BLOCKED_FLOWS
    observed |= {GATEWAY: look(method="visits", sign=ProbeSign.COUNTED)}
    return facts(*make.solution(), observed=observed, monitors=UP, pods=ALL_READY, **fields)


def test_all_that_can_be_seen_is_a_hundred_points() -> None:
    found = grade_namespace(active_lab(), everything()).points
    assert found
    assert found.share == PointShare(Fraction(100), Fraction(100), 100)


def test_nothing_seen_is_nothing_judged() -> None:
    unread = facts(snapshot=None, assessment=None, answers={}, reached={}, pods=None)
    found = grade_namespace(active_lab(), unread)
    assert found.points
    # That Uptime Kuma's page was never read, and the drill, are not checked; all else is not known.
    assert found.points.share == PointShare(Fraction(0), Fraction(0), 100)
    assert {item.state for item in (*found.steps, *found.checks)} <= {
        ItemState.UNKNOWN,
        ItemState.NOT_CHECKED,
    }


def test_every_point_has_its_proof() -> None:
    for known in (everything(), facts(), facts(make.policy(), findings=[NP101])):
        found: GradedNamespace = grade_namespace(active_lab(), known)
        assert found.points
        items = [
            item for area in found.points.areas for each in area.criteria for item in each.items
        ]
        assert all(item.proof and item.title for item in items)
        assert all(item.source for item in items if item.state.is_judged)


def test_a_finding_tells_its_place() -> None:
    (failed,) = scored("leftovers", facts(make.policy(), findings=[NP101])).items_failed
    assert failed.title == "No NP101: a policy that selects no pod"
    assert failed.proof == "NP101 in `p` `spec`: Idle."


@pytest.mark.parametrize(
    ("states", "earned", "judged"),
    [
        ("hhh", 9, 9),
        ("hdf", 6, 9),
        ("hfu", 3, 6),
        ("uuu", 0, 0),
        ("nfh", 3, 6),
    ],
)
def test_points_are_spread_evenly_and_unknown_ones_are_taken_out(
    states: str, earned: int, judged: int
) -> None:
    letters = {
        "h": ItemState.HOLDS,
        "d": ItemState.DONE,
        "f": ItemState.FAILS,
        "u": ItemState.UNKNOWN,
        "n": ItemState.NOT_CHECKED,
    }
    items = tuple(ReportItem(str(at), "x", letters[each], "") for at, each in enumerate(states))
    found = ScoredCriterion(
        Criterion("c", "C", 9, CriterionMeasure.OBSERVED, ("a", "b", "c")), items
    ).share
    assert found == PointShare(Fraction(earned), Fraction(judged), 9)
    assert add_shares([found, found]).judged == 2 * judged


@pytest.mark.parametrize(
    ("value", "written"),
    [(Fraction(5, 3), "1.7"), (Fraction(9), "9"), (Fraction(0), "0"), (Fraction(199, 20), "9.9")],
)
def test_points_are_written_with_a_decimal_where_there_is_one(
    value: Fraction, written: str
) -> None:
    assert format_points(value) == written


def test_the_steps_that_count_are_the_labs() -> None:
    assert set(CHECKED) < {each.key for each in active_lab().steps}
    assert REACHED.keys() < {each.key for each in active_lab().steps}
