"""Two requests to one URL are never in flight: a host is one holder's at a time."""

import pytest
from pytest_django import Settings

from dashboard.collect.host_turns import LONGEST_CLAIM, claim_hosts, last_asked_times, release_hosts
from dashboard.models import ProbeTurn
from tests import make

ADA, BOB = "ada.dev.lab.example", "bob.dev.lab.example"


@pytest.mark.django_db
def test_a_host_is_one_holders_until_it_is_released() -> None:
    first, held = claim_hosts([ADA], make.NOON)
    assert held == {ADA}
    assert claim_hosts([ADA, BOB], make.after(1))[1] == {BOB}
    release_hosts(first, [ADA], make.after(2))
    assert claim_hosts([ADA], make.after(2))[1] == {ADA}


@pytest.mark.django_db
def test_a_holder_that_was_killed_holds_it_no_longer_than_a_visit_could_take() -> None:
    claim_hosts([ADA], make.NOON)
    longest = LONGEST_CLAIM.total_seconds()
    assert claim_hosts([ADA], make.after(longest - 1))[1] == frozenset()
    assert claim_hosts([ADA], make.after(longest))[1] == {ADA}


def test_a_claim_outlives_the_task_that_made_it(settings: Settings) -> None:
    """At its limit a worker's task ends its requests itself."""
    assert LONGEST_CLAIM.total_seconds() > settings.CELERY_TASK_SOFT_TIME_LIMIT


@pytest.mark.django_db
def test_nobody_releases_what_another_has_claimed_since() -> None:
    late, _ = claim_hosts([ADA], make.NOON)
    after = LONGEST_CLAIM.total_seconds()
    claim_hosts([ADA], make.after(after))
    release_hosts(late, [ADA], make.after(after + 1))
    assert claim_hosts([ADA], make.after(after + 2))[1] == frozenset()


@pytest.mark.django_db
def test_many_hosts_are_claimed_in_few_statements() -> None:
    hosts = [f"s{number}.dev.lab.example" for number in range(1200)]
    holder, held = claim_hosts(hosts, make.NOON)
    assert held == set(hosts)
    release_hosts(holder, held, make.after(5))
    assert set(last_asked_times().values()) == {make.NOON}
    assert not ProbeTurn.objects.exclude(free_at=make.after(5)).exists()
