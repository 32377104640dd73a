"""The history on a namespace's page."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from dashboard import models
from tests import make
from tests.dashboard.html import get

pytestmark = pytest.mark.django_db

ADDRESS = "/n/student-ada-dev/"


def test_history_tells_in_a_line_what_each_state_changed(
    ada: Client, namespace: models.Namespace
) -> None:
    for count in range(3):
        make.snapshot(namespace, *make.solution()[:count], seconds=60 * count)
    make.snapshot(namespace, *make.solution()[:2], make.policy("again"), seconds=180)
    page = get(ada, ADDRESS)
    shown = page.text.split("Compare", 2)[-1]
    assert "2026-03-03 12:03:00 UTC now" in shown
    assert "the policies changed, no flow did." in shown
    assert "opened student-app to DNS, redis to DNS, uptime-kuma to DNS and 3 more." in shown
    assert "closed Gateway to student-app, Gateway to uptime-kuma, student-app to redis" in shown
    assert "the first state that was seen." in shown
    between = "?from=2026-03-03T12:00:00Z&amp;to=2026-03-03T12:01:00Z"
    assert f'href="{ADDRESS}diff{between}"' in page.html
    assert ada.get(f"{ADDRESS}diff{between.replace('&amp;', '&')}").status_code == 200


def test_history_is_paged_and_compares_across_the_fold(
    ada: Client, namespace: models.Namespace
) -> None:
    for minute in range(51):
        make.snapshot(namespace, *make.solution()[: minute % 2], seconds=60 * minute)
    newest, oldest = get(ada, ADDRESS), get(ada, ADDRESS, page="2")
    assert newest.html.count("data-snapshot=") == 50
    assert "the first state" not in newest.text
    assert "1 to 50 of 51" in newest.text
    assert oldest.html.count("data-snapshot=") == 1
    assert "the first state that was seen" in oldest.text
    assert ada.get(f"{ADDRESS}?page=nonsense").status_code == 200


def test_a_long_history_costs_no_more_queries(
    ada: Client, namespace: models.Namespace, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make.snapshot(namespace)
    make.pod_state(namespace)
    make.observation(namespace)
    with django_assert_num_queries(27):
        ada.get(ADDRESS)
    for minute in range(1, 20):
        make.snapshot(namespace, *make.solution()[: minute % 8], seconds=60 * minute)
        make.pod_state(namespace, f"pod-{minute}")
        make.observation(namespace, f"flow {minute}")
    with django_assert_num_queries(27):
        ada.get(ADDRESS)
