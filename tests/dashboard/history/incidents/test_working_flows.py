"""What counts as lost, since when, and when it works again: states and looks, minute by minute.

`A` is a state whose policies allow the flow, in `D` they deny it, and in `?` it cannot be told.
"""

from datetime import datetime

import pytest

from dashboard.active_lab import active_lab
from dashboard.assess.assessment_summary import find_asking_step
from dashboard.history.incidents.outages import OutageLoss, is_outage, pick_simultaneous
from dashboard.history.incidents.working_flows import (
    NamespaceHistory,
    SnapshotSpan,
    find_closed_flow,
    find_failing_flows,
    find_recovery,
    had_failed_before,
    list_needed_flows,
)
from dashboard.history.observed_flows import combine_methods
from dashboard.models import Incident, IncidentCause, Observation
from netpol.model import Outcome, Profile
from tests import make
from tests.dashboard.assess.test_probe_votes import intervals

GATEWAY, DNS = "Gateway to student-app", "student-app to DNS"
OUTCOMES = {"A": Outcome.ALLOW, "D": Outcome.DENY, "?": Outcome.UNKNOWN, "P": Outcome.PARTIAL}


def minute(moment: datetime | None) -> float | None:
    return None if moment is None else (moment - make.NOON).total_seconds() / 60


def spans(drawn: str, flow: str, others: str = "") -> list[SnapshotSpan]:
    """A letter for each minute; equal neighbours are one state, last polled as the next begins."""
    found: list[SnapshotSpan] = []
    for at, letter in enumerate(drawn):
        flows = {each.name: Outcome.ALLOW for each in active_lab().flows} | {flow: OUTCOMES[letter]}
        if others:
            flows |= {DNS: OUTCOMES[others[at]]}
        since = make.after(60 * at)
        if found and found[-1].flows == flows:
            found[-1] = SnapshotSpan(found[-1].key, found[-1].since, since, flows)
        else:
            found.append(SnapshotSpan(at, since, since, flows))
    return found


def history(
    drawn: str,
    looks: str = "",
    flow: str = GATEWAY,
    others: str = "",
    incidents: tuple[Incident, ...] = (),
) -> NamespaceHistory:
    """`looks` are as in the tests of votes, one a minute; the moment is that of the last letter."""
    states = spans(drawn, flow, others)
    moment = make.after(60 * (max(len(drawn), len(looks)) - 1))
    rows: dict[str, list[Observation]] = {flow: intervals(looks)} if looks else {}
    for row in rows.get(flow, ()):
        row.flow = flow
    seen = (
        {flow: found}
        if (found := combine_methods(rows.get(flow, ()), states[-1].since, moment))
        else {}
    )
    return NamespaceHistory(moment, Profile.KUBERNETES, states, rows, seen, incidents)


@pytest.mark.parametrize(
    ("drawn", "lost"),
    [
        ("AAD", (1, 2)),
        ("AAP", (1, 2)),
        ("ADD", (0, 1)),
        ("AA?D", (1, 3)),  # what cannot be told is no loss, and hides none
        ("A?A", None),
        ("AA?", None),
        ("ADA", None),
        ("ADAD", (2, 3)),
        ("D", None),
        ("DD", None),
        ("ADDDDD", None),  # long ago: told then, or never
    ],
)
def test_policies_lose_a_flow_where_the_newest_state_closes_it(
    drawn: str, lost: tuple[float, float] | None
) -> None:
    found = find_closed_flow(history(drawn), GATEWAY)
    assert (found and (minute(found.worked_at), minute(found.opened_at))) == lost


@pytest.mark.parametrize(
    ("drawn", "looks", "failed"),
    [
        ("AAAAD", "", False),
        ("AAAAD", "rrrr", False),
        ("AAAAD", "rrbb", True),
        ("AAAAD", "bbbb", True),
        ("AAAAD", "uuuu", False),
        ("AAAAD", "rrrbb", False),  # the last look is of the new state
    ],
)
def test_what_was_seen_to_fail_already_is_not_lost_by_policies(
    *, drawn: str, looks: str, failed: bool
) -> None:
    found = history(drawn, looks)
    lost = find_closed_flow(found, GATEWAY)
    assert lost
    assert had_failed_before(lost, active_lab().find_flow(GATEWAY), found) is failed


@pytest.mark.parametrize(
    ("drawn", "looks", "others", "lost"),
    [
        ("AAAAAA", "rrrrbb", "", (3, 4)),
        ("AAAAAA", "rrrrrb", "", None),  # one look may be wrong
        ("AAAAAA", "rrrrbr", "", None),
        ("AAAAAA", "bbbbbb", "", None),  # nobody ever saw it work
        ("AAAAAA", "rrruuu", "", None),  # unknown opens nothing
        ("AAAA", "rrrrbb", "", None),  # no poll has seen the policies since: they may have changed
        ("AAADAAA", "rrrrbbb", "", None),  # policies closed it in between
        ("AAA?AAA", "rrrrbbb", "", None),
        ("AADAAAA", "rrrrbbb", "", (3, 4)),
        ("AAAADD", "rrrrbb", "", None),
        ("AAAAAA", "rrrrbb", "AADAAA", (3, 4)),  # seen to work after what it needs came back
        ("AAAAAA", "rrrrbb", "AAAADA", None),  # the app turned unready by its own policies
        ("AAAAAA", "rrrrbb", "AAAADD", None),
    ],
)
def test_looks_lose_a_flow_that_they_saw_reached_while_policies_let_it_through(
    drawn: str, looks: str, others: str, lost: tuple[float, float] | None
) -> None:
    found = list(find_failing_flows(active_lab(), history(drawn, looks, others=others)))
    assert [(minute(each.worked_at), minute(each.opened_at)) for each in found] == (
        [lost] if lost else []
    )


@pytest.mark.parametrize(
    ("opened", "closed", "counts"), [(1, None, False), (1, 3, False), (1, 2, True)]
)
def test_what_follows_from_an_incident_of_what_it_needs_is_none_of_its_own(
    *, opened: int, closed: int | None, counts: bool
) -> None:
    """It was last seen to work at the third minute."""
    of_dns = Incident(
        flow=DNS,
        opened_at=make.after(60 * opened),
        closed_at=None if closed is None else make.after(60 * closed),
    )
    found = history("AAAAAA", "rrrrbb", incidents=(of_dns,))
    assert bool(list(find_failing_flows(active_lab(), found))) is counts


@pytest.mark.parametrize(
    ("drawn", "looks", "works"),
    [
        ("ADDA", "", 3),
        ("ADDD", "", None),
        ("ADD?", "", None),
        ("ADDP", "", None),
        ("ADDA", "rbbb", 3),  # what was seen before the change says nothing of it
        ("ADDA", "ruuu", 3),
        ("ADDAAA", "rbbbrr", 3),
        ("ADAAAA", "rrrrrr", 2),
        ("ADDAAA", "rbbbbb", None),  # looks since then see it fail
    ],
)
def test_what_policies_closed_works_again_since(
    drawn: str, looks: str, works: float | None
) -> None:
    assert again(IncidentCause.POLICY_REMOVED, drawn, looks) == works


@pytest.mark.parametrize(
    ("drawn", "looks", "works"),
    [
        ("AAAA", "", None),  # nobody looks any more
        ("AAAAAA", "rbbbrr", 4),
        ("AAAAAA", "rbbbbr", None),
        ("AAAAAA", "rbbuuu", None),  # unknown closes nothing
        ("ADDAAA", "rbbbrr", 4),  # policies closed it meanwhile: a look of the new state decides
        ("ADDA", "rbbb", None),
        ("ADDA", "ruuu", None),
        ("ADDAAAA", "ruuuuuu", 3),  # they cannot tell: the policies do, after a while
    ],
)
def test_what_looks_saw_fail_works_again_since(drawn: str, looks: str, works: float | None) -> None:
    assert again(IncidentCause.NOT_THE_POLICIES, drawn, looks) == works


def again(cause: IncidentCause, drawn: str, looks: str) -> float | None:
    incident = Incident(flow=GATEWAY, cause=cause, opened_at=make.after(60))
    return minute(find_recovery(history(drawn, looks), active_lab().find_flow(GATEWAY), incident))


def test_each_flow_that_should_be_open_is_asked_for_by_the_step_that_names_it_first() -> None:
    assert find_asking_step(active_lab(), ["student-app to DNS over TCP"]) == "dns"
    assert find_asking_step(active_lab(), ["uptime-kuma to student-app"]) == "kuma"
    assert find_asking_step(active_lab(), ["no such flow"]) == ""


def test_what_leads_to_the_app_needs_what_its_readiness_waits_for() -> None:
    flows = active_lab().find_flow
    assert list_needed_flows(active_lab(), flows(GATEWAY)) == {DNS, "student-app to redis"}
    assert list_needed_flows(active_lab(), flows(DNS)) == {"student-app to redis"}
    assert list_needed_flows(active_lab(), flows("Gateway to uptime-kuma")) == set()


def losses(*times: tuple[float, float]) -> list[OutageLoss]:
    """Of a namespace each: when it was last seen to work and first seen not to, in seconds."""
    return [
        OutageLoss(number, make.after(worked), make.after(opened))
        for number, (worked, opened) in enumerate(times)
    ]


@pytest.mark.parametrize(
    ("times", "members"),
    [
        ([], 0),
        ([(0, 30)], 1),
        ([(0, 30), (0, 30), (0, 30)], 3),
        ([(0, 30), (30, 60), (60, 90)], 3),  # all of them may have been within one minute
        ([(0, 30), (60, 90), (120, 150)], 2),
        ([(0, 30), (300, 330), (305, 335)], 2),
        ([(-9999, 900), (0, 30), (5, 35)], 2),  # nobody looked for long: that tells nothing
    ],
)
def test_an_outage_is_what_most_may_have_lost_within_a_minute(
    times: list[tuple[float, float]], members: int
) -> None:
    assert len(pick_simultaneous(losses(*times))) == members


@pytest.mark.parametrize(
    ("lost", "worked_for", "outage"),
    [(5, 5, True), (4, 4, False), (5, 20, True), (5, 21, False), (50, 200, True), (49, 200, False)],
)
def test_an_outage_is_at_least_five_and_a_quarter_of_those_for_whom_it_worked(
    *, lost: int, worked_for: int, outage: bool
) -> None:
    assert is_outage(losses(*[(0, 30)] * lost), worked_for) is outage
