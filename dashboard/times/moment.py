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


class Named(StrEnum):
    """Ends that are no time of the clock."""

    NOW = "now"
    BASELINE = "baseline"
    SOLUTION = "solution"


@dataclass(frozen=True, slots=True)
class At:
    """`time` is the last instant that is meant."""

    time: datetime

    @property
    def begins(self) -> datetime:
        """The first instant that is meant."""
        whole = self.time.microsecond == LAST
        return self.time.replace(microsecond=0) if whole else self.time

    def __str__(self) -> str:
        """As it stands in an address, where a `+` would turn into a blank."""
        return self.begins.isoformat().replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Drafted:
    """Policies that somebody kept as a draft, by its key."""

    key: UUID

    def __str__(self) -> str:
        return f"{DRAFT}{self.key}"


@dataclass(frozen=True, slots=True)
class Other:
    """Another namespace at a time, now, or as evaluated with its pods."""

    namespace: str
    when: At | Named = Named.NOW

    def __str__(self) -> str:
        when = "" if self.when is Named.NOW else f"@{self.when}"
        return f"{STUDENT}{self.namespace}{when}"


DRAFT = "draft:"
STUDENT = "student:"
Moment = Named | At | Drafted | Other

EVALUATED = (Named.BASELINE, Named.SOLUTION)
"""What was nowhere: it is worked out with the pods of a namespace."""
TITLES = {
    Named.NOW: "Now",
    Named.BASELINE: "No policy at all",
    Named.SOLUTION: "The lab's solution",
}


class InvalidMoment(ValueError):  # noqa: N818  named like parse.Invalid
    """Says what was asked for and what could be."""


NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
"""Of a namespace, as Kubernetes has it."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Long before anything was recorded; hours before the first year there is no time at all."""
FRACTION = re.compile(r":\d\d[.,]")
LOST_PLUS = re.compile(r" (?=\d\d:\d\d$)")


def moment(text: str) -> Moment:
    """Raises `InvalidMoment`."""
    asked = text.strip()
    if asked.lower() in set(Named):
        return Named(asked.lower())
    if asked.lower().startswith(STUDENT):
        return _other(asked)
    return _draft(asked) if asked.lower().startswith(DRAFT) else At(_time(asked))


def refuse_future(moment: Moment, now: datetime) -> None:
    """Nobody knows what will be. Raises `InvalidMoment`."""
    at = moment.when if isinstance(moment, Other) else moment
    if isinstance(at, At) and at.begins > now:
        raise InvalidMoment(f"{title(at)} is still to come.")


def of_another(moment: Moment, namespace: str) -> Other:
    """The same of another namespace. Raises `InvalidMoment` for a draft, which is of its own."""
    match moment:
        case At() | Named():
            return Other(namespace, moment)
    raise InvalidMoment(f"This draft is not {namespace}'s: leave one of the two out.")


def clock(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"


def title(moment: Moment) -> str:
    match moment:
        case At(time):
            return clock(time)
        case Drafted(key):
            return f"Draft {str(key)[:8]}"
        case Other(namespace, when):
            return f"{namespace}, {title(when) if isinstance(when, At) else _lower(title(when))}"
        case Named():
            return TITLES[moment]


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _draft(text: str) -> Drafted:
    try:
        return Drafted(UUID(text[len(DRAFT) :]))
    except ValueError:
        raise InvalidMoment(_hint(text)) from None


def _other(text: str) -> Other:
    name, has_more, when = text[len(STUDENT) :].partition("@")
    if not NAME.fullmatch(name):
        raise InvalidMoment(_hint(text))
    if not has_more:
        return Other(name)
    return Other(name, Named(when) if when in EVALUATED else At(_time(when)))


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(LOST_PLUS.sub("+", text).upper())
    except ValueError:
        raise InvalidMoment(_hint(text)) from None
    if time.tzinfo is None:
        raise InvalidMoment(f"{_hint(text)} Yours lacks the zone: end it with Z for UTC.")
    try:
        found = time.astimezone(UTC)
    except OverflowError:
        raise InvalidMoment(_hint(text)) from None
    if found < EARLIEST:
        raise InvalidMoment(_hint(text))
    return found if FRACTION.search(text) else found.replace(microsecond=LAST)


def _hint(text: str) -> str:
    return (
        f"“{text[:80]}” is no moment: say baseline, now, solution, draft: with its key,"
        " student: with a namespace's name, or a time like 2026-03-01T14:05:00Z (RFC 3339)."
    )
