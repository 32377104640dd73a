"""Moments, and the two ends of a difference, as an address names them.

Pages tell times to the second, and states begin within one. So a time without a fraction is that
whole second: what had come by its end, the state that began in it included. A time with a fraction
is exact, as it is in the links of pages. What is to be taken from a moment on begins with its
second (`At.begins`), which is to come only if it has not begun.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

LAST = 999_999
"""The microsecond at which a second is over."""


class NamedMoment(StrEnum):
    """Ends that are no time of the clock."""

    NOW = "now"
    BASELINE = "baseline"
    SOLUTION = "solution"


@dataclass(frozen=True, slots=True)
class TimeMoment:
    """`time` is the last instant that is meant."""

    time: datetime

    @property
    def first_instant(self) -> datetime:
        """The first instant that is meant."""
        whole = self.time.microsecond == LAST
        return self.time.replace(microsecond=0) if whole else self.time

    def __str__(self) -> str:
        """As it stands in an address, where a `+` would turn into a blank."""
        return self.first_instant.isoformat().replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class DraftMoment:
    """Policies that somebody kept as a draft, by its key."""

    key: UUID

    def __str__(self) -> str:
        return f"{DRAFT}{self.key}"


@dataclass(frozen=True, slots=True)
class NamespaceMoment:
    """Another namespace at a time, now, or as evaluated with its pods."""

    namespace: str
    when: TimeMoment | NamedMoment = NamedMoment.NOW

    def __str__(self) -> str:
        when = "" if self.when is NamedMoment.NOW else f"@{self.when}"
        return f"{STUDENT}{self.namespace}{when}"


DRAFT = "draft:"
STUDENT = "student:"
Moment = NamedMoment | TimeMoment | DraftMoment | NamespaceMoment

EVALUATED = (NamedMoment.BASELINE, NamedMoment.SOLUTION)
"""What was nowhere: it is worked out with the pods of a namespace."""
TITLES = {
    NamedMoment.NOW: "Now",
    NamedMoment.BASELINE: "No policy at all",
    NamedMoment.SOLUTION: "The lab's solution",
}


class InvalidMoment(ValueError):  # noqa: N818  named like parse.Invalid
    """Says what was asked for and what could be."""


NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
"""Of a namespace, as Kubernetes has it."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Long before anything was recorded; hours before the first year there is no time at all."""
FRACTION = re.compile(r":\d\d[.,]")
LOST_PLUS = re.compile(r" (?=\d\d:\d\d$)")


def parse_moment(text: str) -> Moment:
    """Raises `InvalidMoment`."""
    asked = text.strip()
    if asked.lower() in set(NamedMoment):
        return NamedMoment(asked.lower())
    if asked.lower().startswith(STUDENT):
        return _parse_namespace_moment(asked)
    return (
        _parse_draft(asked) if asked.lower().startswith(DRAFT) else TimeMoment(_parse_time(asked))
    )


def refuse_future(moment: Moment, now: datetime) -> None:
    """Nobody knows what will be. Raises `InvalidMoment`."""
    at = moment.when if isinstance(moment, NamespaceMoment) else moment
    if isinstance(at, TimeMoment) and at.first_instant > now:
        raise InvalidMoment(f"{format_moment(at)} is still to come.")


def for_namespace(moment: Moment, namespace: str) -> NamespaceMoment:
    """The same of another namespace. Raises `InvalidMoment` for a draft, which is of its own."""
    match moment:
        case TimeMoment() | NamedMoment():
            return NamespaceMoment(namespace, moment)
    raise InvalidMoment(f"This draft is not {namespace}'s: leave one of the two out.")


def format_time(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"


def format_moment(moment: Moment) -> str:
    match moment:
        case TimeMoment(time):
            return format_time(time)
        case DraftMoment(key):
            return f"Draft {str(key)[:8]}"
        case NamespaceMoment(namespace, when):
            words = format_moment(when)
            if isinstance(when, NamedMoment):
                words = words[:1].lower() + words[1:]
            return f"{namespace}, {words}"
        case NamedMoment():
            return TITLES[moment]


def _parse_draft(text: str) -> DraftMoment:
    try:
        return DraftMoment(UUID(text[len(DRAFT) :]))
    except ValueError:
        raise InvalidMoment(_explain_forms(text)) from None


def _parse_namespace_moment(text: str) -> NamespaceMoment:
    name, has_more, when = text[len(STUDENT) :].partition("@")
    if not NAME.fullmatch(name):
        raise InvalidMoment(_explain_forms(text))
    if not has_more:
        return NamespaceMoment(name)
    return NamespaceMoment(
        name, NamedMoment(when) if when in EVALUATED else TimeMoment(_parse_time(when))
    )


def _parse_time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(LOST_PLUS.sub("+", text).upper())
    except ValueError:
        raise InvalidMoment(_explain_forms(text)) from None
    if time.tzinfo is None:
        raise InvalidMoment(f"{_explain_forms(text)} Yours lacks the zone: end it with Z for UTC.")
    try:
        found = time.astimezone(UTC)
    except OverflowError:
        raise InvalidMoment(_explain_forms(text)) from None
    if found < EARLIEST:
        raise InvalidMoment(_explain_forms(text))
    return found if FRACTION.search(text) else found.replace(microsecond=LAST)


def _explain_forms(text: str) -> str:
    return (
        f"“{text[:80]}” is no moment: say baseline, now, solution, draft: with its key,"
        " student: with a namespace's name, or a time like 2026-03-01T14:05:00Z (RFC 3339)."
    )
