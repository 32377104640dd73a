"""What began a state, and what ended a step."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from dashboard import models
from dashboard.active_lab import active_lab
from dashboard.assess.changes import list_policy_changes
from dashboard.assess.json_columns import parse_assessment
from dashboard.assess.regressions import find_ending_changes, find_regressions, group_regressions
from dashboard.assess.steps import MarkHistory, StepRecords, StepRow, StepStatus, build_step_rows
from tests import make
from tests.dashboard.classes import CHECKED, summary

DENY, DNS = make.policy("deny"), make.solution()[1]


def named(*policies: make.Json) -> Sequence[Mapping[str, Any]]:
    return make.state_of(*policies).policies


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ([], [], []),
        ([DENY], [DENY], []),
        ([], [DENY], ["deny added"]),
        ([DENY], [], ["deny deleted"]),
        ([DENY], [{**DNS, "metadata": {"name": "deny"}}], ["deny changed"]),
        ([DENY], [DNS], ["allow-dns-egress added", "deny deleted"]),
    ],
)
def test_policies_come_go_and_change_by_name(
    before: list[make.Json], after: list[make.Json], words: list[str]
) -> None:
    changes = list_policy_changes(named(*before), named(*after))
    assert [f"{each.name} {each.verb}" for each in changes] == words


def lost(*states: tuple[str, ...]) -> dict[str, str]:
    """Of each, oldest first, the steps that do not hold: what ended those that did."""
    namespace = make.namespace()
    for minute, missing in enumerate(states):
        policies = [make.policy(f"state-{minute}")]
        make.snapshot(namespace, *policies, seconds=60 * minute, summary=summary(*missing))
    newest_first = list(namespace.snapshots.without_bodies())
    sets = models.PolicySet.objects.in_bulk()
    return {
        step: f"{change.after.time:%M}: {change.sentence}"
        for step, change in find_ending_changes(find_regressions(newest_first), sets).items()
        if step in CHECKED
    }


ENDED = "{}: `state-{}` was deleted, `state-{}` was added"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("states", "ended"),
    [
        ([(), ("dns",)], {"dns": ENDED.format("01", 0, 1)}),
        ([(), ("dns",), ("dns",)], {"dns": ENDED.format("01", 0, 1)}),
        ([(), ("dns",), (), ("dns",)], {"dns": ENDED.format("03", 2, 3)}),
        ([(), ("dns",), ()], {}),
        ([("dns",), ("dns",)], {}),
        (
            [(), ("kuma",), ("dns", "kuma")],
            {"dns": ENDED.format("02", 1, 2), "kuma": ENDED.format("01", 0, 1)},
        ),
        ([()], {}),
        ([], {}),
    ],
)
def test_a_step_was_ended_by_the_newest_change_after_which_it_no_longer_held(
    states: list[tuple[str, ...]], ended: dict[str, str]
) -> None:
    assert lost(*states) == ended


@pytest.mark.django_db
def test_the_same_policies_can_lose_a_step_by_what_is_around_them() -> None:
    namespace = make.namespace()
    make.snapshot(namespace, DENY, summary=summary())
    make.snapshot(namespace, DENY, seconds=60, summary=summary("dns"))
    change = find_ending_changes(find_regressions(list(namespace.snapshots.without_bodies())), {})[
        "dns"
    ]
    assert change.sentence.startswith("the policies stayed")


SETS = {name: models.PolicySet(digest=name, manifests=[]) for name in "abcdefgh"}


def drawn(steps: dict[str, str]) -> list[str]:
    """Of each step a letter a minute: held, lost or unknown. What was lost when and until when."""
    letters = {"h": True, "l": False, "u": None}
    minutes = range(max(map(len, steps.values())))
    states = [
        models.Snapshot(
            policy_set_id="abcdefgh"[minute],
            first_seen=make.after(60 * minute),
            assessment=models.StoredAssessment(
                summary={"steps": {key: letters[drawing[minute]] for key, drawing in steps.items()}}
            ),
        )
        for minute in minutes
    ]
    found = group_regressions(active_lab(), find_regressions(states[::-1]), SETS, make.after(600))
    return [
        f"{each.change.before.time:%M}-{each.since:%M}"
        f" {','.join(step.key for step in each.steps)}"
        f" {f'{each.regained_at:%M}' if each.regained_at else left}"
        for each in found
        for left in [",".join(step.key for step in each.open_steps)]
    ]


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ({"dns": "lhhh"}, []),
        ({"dns": "hhll"}, ["01-02 dns dns"]),
        ({"dns": "hlhl"}, ["02-03 dns dns", "00-01 dns 02"]),
        ({"dns": "hlhlh"}, ["02-03 dns 04", "00-01 dns 02"]),
        # What is still lost comes first, however old.
        ({"dns": "hlll", "kuma": "hhlh"}, ["00-01 dns dns", "01-02 kuma 03"]),
        # One change, told once.
        ({"dns": "hlh", "kuma": "hll"}, ["00-01 dns,kuma kuma"]),
        ({"dns": "hlhh", "kuma": "hllh"}, ["00-01 dns,kuma 03"]),
        # Nobody knows whether it was lost, or when it was back.
        ({"dns": "huh"}, []),
        ({"dns": "hulh"}, ["00-02 dns 03"]),
        ({"dns": "hluuh"}, ["00-01 dns 04"]),
        # It is no loss when the lab itself goes on.
        ({"baseline": "hl"}, []),
    ],
)
def test_a_setback_lasts_until_its_steps_are_reached_again(
    steps: dict[str, str], found: list[str]
) -> None:
    assert drawn(steps) == found


def rows(known: StepRecords, *policies: make.Json) -> dict[str, StepRow]:
    assessment = parse_assessment(make.state_of(*policies).assessment)
    return {row.step.key: row for row in build_step_rows(active_lab(), assessment, known)}


def test_a_step_stands_on_policies_and_on_the_verdicts_of_its_flows() -> None:
    found = rows(StepRecords({"dns": make.NOON}, {}, {}), *make.solution()[:2])
    dns, redis = found["dns"], found["app-redis"]
    assert (dns.status_text, dns.policies, dns.flows_met, len(dns.flows)) == (
        "holds now",
        ("allow-dns-egress",),
        6,
        6,
    )
    assert (redis.status_text, redis.policies, redis.flows_met, len(redis.flows)) == (
        "not yet",
        (),
        3,
        4,
    )
    assert found["default-deny"].flows == ()


def test_what_is_not_checked_is_an_instructors_to_mark() -> None:
    said = models.StepMark(step="committed", by="grace", at=make.NOON)
    on_dns = models.StepMark(step="dns", by="grace", at=make.NOON)
    marks = {mark.step: MarkHistory(mark, make.NOON) for mark in (said, on_dns)}
    found = rows(StepRecords({}, {}, marks))
    assert (found["committed"].status, found["committed"].mark) == (StepStatus.MARKED, said)
    assert (found["charts"].status, found["charts"].mark) == (StepStatus.NOT_CHECKED, None)
    assert (found["dns"].status, found["dns"].mark) == (StepStatus.OPEN, None)


def test_whether_a_lost_step_holds_can_be_unknown() -> None:
    odd = [make.pod(labels={"app": "redis"}, host_network=True)]
    assessment = parse_assessment(make.state_of(*make.solution(), pods=odd).assessment)
    known = StepRecords({"default-deny": make.NOON}, {}, {})
    found = {row.step.key: row for row in build_step_rows(active_lab(), assessment, known)}
    assert (found["default-deny"].status, found["default-deny"].status_text) == (
        StepStatus.LOST,
        "cannot be told",
    )
