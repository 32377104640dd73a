"""The moment that an address asks for by `?at=`."""

from django.http import HttpRequest
from django.utils import timezone

from dashboard.times.moment import (
    InvalidMoment,
    NamedMoment,
    TimeMoment,
    parse_moment,
    refuse_future,
)

EXAMPLE = "write one like 2026-03-01T14:05:00Z (RFC 3339, with its zone)."


def parse_requested_moment(request: HttpRequest) -> TimeMoment | None:
    """`None` is now. Raises `InvalidMoment`."""
    return parse_typed_moment(request.GET.get("at", ""))


def parse_typed_moment(asked: str) -> TimeMoment | None:
    """The same of what stands in a field for a time; empty is now."""
    try:
        found = parse_moment(asked) if asked.strip() else NamedMoment.NOW
    except InvalidMoment:
        raise InvalidMoment(f"“{asked[:80]}” is no time: {EXAMPLE}") from None
    if isinstance(found, TimeMoment):
        refuse_future(found, timezone.now())
        return found
    if found is NamedMoment.NOW:
        return None
    raise InvalidMoment(f"“{asked[:80]}” is no time: {EXAMPLE}")
