"""Incidents told anew from what was recorded are those that polls told."""

from collections.abc import Callable
from typing import Any

import pytest

from dashboard.history.incidents.working_flows import BY_LOOKS
from dashboard.models import Incident, Namespace, Snapshot
from tests import make
from tests.dashboard.history.incidents import test_recording as live
from tests.dashboard.polls import see
from tests.dashboard.retold import retell

pytestmark = pytest.mark.django_db


def everything() -> None:
    """Lost and back by one policy after the other, by looks, and lost for good."""
    lost = live.without("allow-dns-egress")
    for minute, policies in enumerate([live.SOLUTION, lost, live.SOLUTION, live.SOLUTION]):
        see(make.reading(*policies), seconds=60 * minute)
        if policies is live.SOLUTION:
            live.look(live.WELL, 60 * minute + 20)
    for minute in (4, 5):
        live.look(live.UNREADY, 60 * minute)
        see(make.reading(*live.SOLUTION), seconds=60 * minute + 10)
    live.look(live.WELL, 360)
    live.look(live.WELL, 420)
    see(make.reading(*live.SOLUTION), seconds=430)
    see(make.reading(*live.without("allow-gateway-ingress")), seconds=480)
    live.look(live.UNREADY, 500)
    see(make.reading(*live.SOLUTION), seconds=540)
    for seconds in (551, 560):  # it is open again, and looks still see it fail for a while
        live.look(live.UNREADY, seconds)
    live.look(live.WELL, 600)
    live.look(live.WELL, 660)
    see(make.reading(live.SOLUTION[0]), seconds=720)


SCENARIOS = [
    everything,
    live.test_what_the_lab_itself_asks_for_is_no_incident,
    live.test_each_time_it_is_lost_again_is_an_incident_of_its_own,
    live.test_a_changed_policy_is_told_as_such,
    live.test_pods_that_the_same_policies_no_longer_fit_are_told_as_such,
    live.test_nobody_knows_what_works_in_a_namespace_that_cannot_be_read,
    live.test_an_app_that_looks_see_fail_is_not_the_policies_until_a_look_sees_it_again,
    live.test_an_app_that_turned_unready_by_its_own_policies_is_no_incident_of_its_own,
]


def told() -> list[dict[str, Any]]:
    rows = Incident.objects.order_by("opened_at", "flow").values()
    return [{key: value for key, value in row.items() if key != "id"} for row in rows]


def retold(seconds: float = 0, left: list[int] | None = None) -> int:
    ada = Namespace.objects.get(student="ada")
    found = retell(ada, make.after(seconds), tuple(left or ()))
    found.keep()
    return len(found)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_what_is_told_anew_is_what_was_told(scenario: Callable[[], None]) -> None:
    scenario()
    right, keys = told(), [*Incident.objects.values_list("pk", flat=True)]
    assert retold() == 0
    assert [*Incident.objects.values_list("pk", flat=True)] == keys
    by_policies = Incident.objects.exclude(cause__in=BY_LOOKS)
    assert by_policies.delete()[0] == retold()
    assert told() == right


def test_what_was_told_wrongly_is_put_right_and_what_nobody_can_tell_stays() -> None:
    everything()
    right = told()
    wrong: dict[str, Any] = {"closed_at": make.after(481), "policies": []}
    Incident.objects.filter(opened_at=make.after(480)).update(**wrong)
    wrong |= {"namespace": Namespace.objects.get(), "worked_at": make.after(470)}
    wrong |= {"opened_at": make.after(471), "cause": "policy-changed"}
    Incident.objects.create(flow=live.DNS, **wrong)
    gone = Incident.objects.create(flow="of another lab", **wrong)
    before = told()
    assert retold(seconds=720) == 0
    held = Snapshot.objects.filter(last_seen__gte=make.after(180), first_seen__lte=make.after(480))
    assert retold(left=[row.pk for row in held]) == 0
    assert told() == before
    assert retold() == 3
    gone.delete()
    assert told() == right
