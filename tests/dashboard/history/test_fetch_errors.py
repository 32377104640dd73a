"""What could not be read is kept: since when until when, and why."""

from dataclasses import replace

import pytest
from django.utils import timezone

from dashboard.assess.class_assessment import AssessedNamespace
from dashboard.collect.cluster import ClusterError
from dashboard.collect.poll import poll_class
from dashboard.history.fetch_errors import (
    LATE,
    NOBODY_POLLED,
    SILENT,
    record_class_failure,
    record_class_read,
    record_silence,
)
from dashboard.history.presence import Seen
from dashboard.history.snapshots import record_poll
from dashboard.models import FetchError, Namespace
from tests import make
from tests.apiserver import NAMESPACES, Answer, ApiServer
from tests.dashboard.polls import DENY, see

pytestmark = pytest.mark.django_db

Kept = list[tuple[str, int, int, int | None]]
ADA = make.reading(DENY)


def kept() -> Kept:
    """Reasons with, in seconds past noon, since when it failed, from when and until when so."""
    return [
        (
            row.reason,
            int((row.failing_since - make.NOON).total_seconds()),
            int((row.first_seen - make.NOON).total_seconds()),
            None if row.is_open else int((row.last_seen - make.NOON).total_seconds()),
        )
        for row in FetchError.objects.order_by("first_seen")
    ]


def test_a_spell_is_one_row_for_each_reason_however_often_it_is_seen() -> None:
    for number, reason in enumerate([None, "first", "first", "second", "second", None, None]):
        see(make.failure(reason) if reason else ADA, seconds=30 * number)
    assert kept() == [("first", 30, 30, 90), ("second", 30, 90, 150)]


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        (([make.failure("other")], 45), [("no", 30, 30, None)]),
        (([make.failure("other")], 60), [("no", 30, 30, 60), ("other", 30, 60, None)]),
        (([make.failure("no")], 45), [("no", 30, 30, None)]),
        (([make.failure("no")], 90), [("no", 30, 30, None)]),
        (([ADA], 45), [("no", 30, 30, None)]),
        (([ADA], 60), [("no", 30, 30, 60)]),
        (([], 45), [("no", 30, 30, None)]),
        (([], 90), [("no", 30, 30, 90)]),
    ],
)
def test_polls_that_come_late_or_twice_do_no_harm(
    late: tuple[list[Seen], int], expected: Kept
) -> None:
    see(ADA)
    for seconds in (30, 60, 60):
        see(make.failure("no"), seconds=seconds)
    found, seconds = late
    for _ in range(2):
        see(*found, seconds=seconds)
    assert kept() == expected
    open_reasons = FetchError.objects.filter(is_open=True).values_list("reason", flat=True)
    assert list(Namespace.objects.exclude(failure="").values_list("failure", flat=True)) == list(
        open_reasons
    )


def test_a_state_that_cannot_be_stored_is_one_spell_until_another_can() -> None:
    odd = AssessedNamespace(ADA, replace(make.state_of(DENY), digest="\ud800"))
    for seconds in (0, 30, 60):
        record_poll(make.after(seconds), [odd])
    (row,) = kept()
    assert row[1:] == (0, 0, None)
    assert Namespace.objects.get().failing_since == make.NOON
    see(ADA, seconds=90)
    assert kept() == [(row[0], 0, 0, 90)]


def late(seconds: float) -> int:
    return int(LATE.total_seconds() + seconds)


def test_a_class_of_which_nothing_was_read_for_long_could_not_be_read() -> None:
    see(ADA)
    record_class_failure(make.after(late(0)), "too early to tell")
    assert kept() == []
    for seconds, reason in (
        (1, "no server"),
        (30, "no server"),
        (60, "no token"),
        (90, "no token"),
    ):
        record_class_failure(make.after(late(seconds)), reason)
    spells = [("no server", 0, late(0), late(60)), ("no token", 0, late(60), None)]
    assert kept() == spells
    for _ in range(2):
        record_class_read(make.after(late(120)))
    assert kept() == [spells[0], ("no token", 0, late(60), late(120))]
    see(ADA, seconds=late(120))
    record_silence(make.after(late(150)))
    record_class_read(make.after(late(150)))
    assert len(kept()) == 2


def test_where_no_poll_ran_that_is_the_reason() -> None:
    record_silence(make.NOON)
    see(ADA)
    record_silence(make.after(SILENT.total_seconds()))
    assert kept() == []
    for _ in range(2):
        record_silence(make.after(late(600)))
    silent = (NOBODY_POLLED, 0, late(0), late(600))
    assert kept() == [silent]
    record_class_failure(make.after(late(630)), "nor could that be recorded")
    assert kept() == [silent, ("nor could that be recorded", 0, late(630), None)]


def test_an_empty_class_was_read_whenever_a_poll_succeeded() -> None:
    see(ADA)
    empty = make.after(late(600))
    record_silence(make.after(late(630)), empty)
    record_class_failure(make.after(late(630)), "a hiccup", empty)
    assert kept() == []


def test_polls_that_cannot_record_what_they_read_are_one_spell(
    config: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: object) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr("dashboard.collect.poll.record_poll", no_room)
    make.namespace(last_seen=timezone.now() - (LATE + SILENT) / 2)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            poll_class(config, None)
    row = FetchError.objects.get()
    assert "no room" in row.reason
    assert row.is_open


def test_polls_tell_it_by_themselves(server: ApiServer, config: str) -> None:
    server.add(NAMESPACES, make.namespace_manifest("student-ada-dev"))
    make.namespace()
    server.instead[NAMESPACES] = [Answer(504, "etcd timed out")]
    with pytest.raises(ClusterError):
        poll_class(config, None)
    row = FetchError.objects.get()
    assert "etcd timed out" in row.reason
    assert (row.is_open, row.failing_since, row.namespace) == (True, make.NOON, None)
    del server.instead[NAMESPACES]
    result = poll_class(config, None)
    row.refresh_from_db()
    assert (row.is_open, row.last_seen) == (False, result.reading.at)
