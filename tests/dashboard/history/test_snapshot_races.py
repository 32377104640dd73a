"""Who loses a race over a snapshot, and what an unchanged class costs."""

from dataclasses import replace

import pytest
from pytest_django import DjangoAssertNumQueries

from dashboard.assess.class_assessment import AssessedNamespace
from dashboard.history.retention.unused import find_unused, remove_unused
from dashboard.history.snapshots import record_poll, record_snapshot, store_contents
from dashboard.models import (
    Namespace,
    Snapshot,
)
from tests import make
from tests.dashboard.polls import DENY, intervals, see

pytestmark = pytest.mark.django_db


def test_who_loses_a_race_over_the_first_snapshot_extends_the_winners() -> None:
    ada = make.namespace()
    winner = make.snapshot(ada, DENY, seconds=10)
    Namespace.objects.update(last_seen=make.after(10))
    assert not record_snapshot(make.after(20), ada.pk, make.state_of(DENY), None)
    winner.refresh_from_db()
    assert winner.last_seen == make.after(20)


def test_who_loses_a_race_to_a_newer_reading_is_dropped() -> None:
    ada = make.namespace()
    seen = make.snapshot(ada, seconds=0)
    make.snapshot(ada, DENY, seconds=30)
    Namespace.objects.update(last_seen=make.after(30))
    assert not record_snapshot(make.after(20), ada.pk, make.state_of(), seen)
    assert intervals() == [(0, 0, 0, False), (1, 30, 30, True)]


@pytest.mark.django_db(transaction=True)
def test_contents_that_are_pruned_before_a_snapshot_refers_to_them_are_kept_again() -> None:
    ada, state = make.namespace(), make.state_of(DENY)
    store_contents([state])
    for table, keys in find_unused(set()).items():
        assert remove_unused(table, keys) == len(keys)
    assert record_snapshot(make.after(10), ada.pk, state, None, kept=True)
    assert Snapshot.objects.with_contents().get().policy_set.manifests == state.policies


@pytest.mark.parametrize("students", [1, 20])
def test_an_unchanged_class_costs_the_same_queries_at_any_size(
    students: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    names = [f"s{number}" for number in range(students)]
    class_ = [
        make.reading(DENY, student=name, pods=[make.pod_reading(student=name)]) for name in names
    ]
    see(*class_)
    with django_assert_num_queries(11):
        see(*class_, seconds=30)
    assert Snapshot.objects.filter(last_seen=make.after(30)).count() == students


def test_a_state_that_the_database_refuses_costs_only_its_own_namespace() -> None:
    odd, sound = replace(make.state_of(DENY), digest="\ud800"), make.state_of(DENY)
    found = [
        AssessedNamespace(make.reading(student="ada"), odd),
        AssessedNamespace(make.reading(student="bob"), sound),
    ]
    assert record_poll(make.NOON, found).new == 1
    assert intervals("bob") == [(1, 0, 0, True)]
    assert "refuses" in Namespace.objects.get(student="ada").failure
