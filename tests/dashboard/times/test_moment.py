"""The ends of a difference, as addresses name them."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.times.moment import (
    InvalidMoment,
    Moment,
    NamedMoment,
    NamespaceMoment,
    TimeMoment,
    format_moment,
    parse_moment,
    refuse_future,
)

BEGIN = datetime(2026, 3, 1, 14, 5, tzinfo=UTC)
FIVE_PAST_TWO = TimeMoment(BEGIN.replace(microsecond=999_999))
"""The whole second."""


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("now", NamedMoment.NOW),
        (" Baseline ", NamedMoment.BASELINE),
        ("solution", NamedMoment.SOLUTION),
        ("2026-03-01T14:05:00Z", FIVE_PAST_TWO),
        ("2026-03-01t14:05:00z", FIVE_PAST_TWO),
        ("2026-03-01 14:05:00Z", FIVE_PAST_TWO),
        ("2026-03-01T16:05:00+02:00", FIVE_PAST_TWO),
        ("2026-03-01T16:05:00 02:00", FIVE_PAST_TWO),
        ("2026-03-01 16:05:00 02:00", FIVE_PAST_TWO),
        ("2026-03-01T09:05:00-05:00", FIVE_PAST_TWO),
        ("2026-03-01T14:05:00.000000Z", TimeMoment(BEGIN)),
        ("2026-03-01T14:05:00,5Z", TimeMoment(BEGIN.replace(microsecond=500_000))),
        ("2026-03-01T14:05Z", FIVE_PAST_TWO),
        ("student:student-bob-dev", NamespaceMoment("student-bob-dev")),
        (
            "student:student-bob-dev@solution",
            NamespaceMoment("student-bob-dev", NamedMoment.SOLUTION),
        ),
        (
            "student:student-bob-dev@2026-03-01T14:05:00Z",
            NamespaceMoment("student-bob-dev", FIVE_PAST_TWO),
        ),
    ],
)
def test_an_end_is_a_name_or_a_time_whose_plus_may_have_been_lost(
    written: str, meant: Moment
) -> None:
    assert parse_moment(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "yesterday",
        "draft:1",
        "draft:",
        "student:",
        "student:@2026-03-01T14:05:00Z",
        "student:bob@",
        "student:bob@now",
        "student:Bob",
        "student:-bob",
        "student:bob/../x",
        "2026-03-01",
        "2026-03-01T14:05:00",
        "2026-03-01 14:05",
        "2026-13-01T14:05:00Z",
        "2026-03-01T14:05:60Z",
        "2026-03-01T14:05:00+25:00",
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T00:00:00Z",
        "1999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-14:00",
        "\x00",
        "<script>",
        "😀" * 1000,
    ],
)
def test_anything_else_is_refused_with_what_can_be_asked(written: str) -> None:
    with pytest.raises(InvalidMoment, match="is no moment: say baseline, now, solution, draft:"):
        parse_moment(written)


@pytest.mark.parametrize(
    "at",
    [
        FIVE_PAST_TWO,
        TimeMoment(BEGIN.replace(microsecond=1)),
        TimeMoment(BEGIN.replace(microsecond=864_000)),
    ],
)
def test_a_moment_in_an_address_comes_back_as_itself(at: TimeMoment) -> None:
    assert parse_moment(str(at)) == at
    assert "+" not in str(at)
    assert format_moment(at) == "2026-03-01 14:05:00 UTC"


@pytest.mark.parametrize(
    ("written", "now", "is_known"),
    [
        ("2026-03-01T14:05:00Z", 0.0, True),
        ("2026-03-01T14:05:00Z", 0.5, True),
        ("2026-03-01T14:05:00Z", -0.1, False),
        ("2026-03-01T14:05:00.5Z", 0.5, True),
        ("2026-03-01T14:05:00.5Z", 0.4, False),
    ],
)
def test_a_second_is_known_as_soon_as_it_has_begun(
    written: str, now: float, *, is_known: bool
) -> None:
    try:
        refuse_future(parse_moment(written), BEGIN + timedelta(seconds=now))
        refused = False
    except InvalidMoment:
        refused = True
    assert refused is not is_known


def test_what_is_taken_from_a_moment_on_begins_with_its_second() -> None:
    exact = TimeMoment(BEGIN.replace(microsecond=864_000))
    assert (FIVE_PAST_TWO.first_instant, exact.first_instant) == (BEGIN, exact.time)


@pytest.mark.parametrize(
    "other",
    [
        NamespaceMoment("bob"),
        NamespaceMoment("bob", FIVE_PAST_TWO),
        NamespaceMoment("bob", NamedMoment.BASELINE),
    ],
)
def test_another_namespace_in_an_address_comes_back_as_itself(other: NamespaceMoment) -> None:
    assert parse_moment(str(other)) == other
