"""Hints: opened one tier after the other, recorded, and no further than the instructor allows."""

import pytest
from django.test import Client

from dashboard.active_lab import active_lab
from dashboard.assess.class_assessment import AssessedNamespace, assess_class
from dashboard.history.diagnoses import record_diagnoses
from dashboard.history.snapshots import record_poll
from dashboard.models import HintOpening, HintSetting
from tests import make

PAGE = "/n/student-ada-dev/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _denied(db: None) -> None:  # noqa: ARG001  # asked for the database
    """Ada has default deny alone, and it is diagnosed."""
    reading = make.cluster_reading(make.reading(make.policy()))
    found = list(assess_class(active_lab(), reading))
    record_poll(reading.at, found)
    record_diagnoses(
        (one for one in found if isinstance(one, AssessedNamespace)), reading.surroundings
    )


def cause(client: Client) -> str:
    page = client.get(PAGE).content.decode()
    return page.partition('data-cause="')[2].partition('"')[0]


def opened(client: Client, key: str) -> int:
    return client.post(f"{PAGE}hints", {"cause": key}).status_code


def test_a_student_opens_one_tier_after_the_other(ada: Client) -> None:
    key = cause(ada)
    assert "Look at the" not in ada.get(PAGE).content.decode()
    for tier in (1, 2, 3):
        assert opened(ada, key) == 302
        assert HintOpening.objects.filter(cause=key).count() == tier
    assert "Look at the" in ada.get(PAGE).content.decode()
    opened(ada, key)
    assert HintOpening.objects.count() == 3
    assert set(HintOpening.objects.values_list("by", flat=True)) == {"ada"}


def test_no_more_tiers_than_the_instructor_allows(ada: Client) -> None:
    HintSetting.objects.create(lab=active_lab().name, tiers=1)
    key = cause(ada)
    for _ in range(3):
        opened(ada, key)
    assert HintOpening.objects.count() == 1
    assert "NP1" not in ada.get(PAGE).content.decode()


def test_a_strangers_hints_and_causes_that_are_none_are_not_found(
    ada: Client,
) -> None:
    key = cause(ada)
    assert opened(ada, "nonsense") == 404
    stranger = Client()
    stranger.force_login(make.user("bob"))
    assert opened(stranger, key) == 404
    assert ada.post("/hints", {"tiers": "3"}).status_code == 404

    assert not HintOpening.objects.exists()
