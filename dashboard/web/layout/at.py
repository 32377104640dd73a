"""The moment that an address asks for by `?at=`."""

from django.http import HttpRequest
from django.utils import timezone

from dashboard.times.moment import At, InvalidMoment, Named, moment, refuse_future

LIKE = "write one like 2026-03-01T14:05:00Z (RFC 3339, with its zone)."


def at(request: HttpRequest) -> At | None:
    """`None` is now. Raises `InvalidMoment`."""
    return typed(request.GET.get("at", ""))


def typed(asked: str) -> At | None:
    """The same of what stands in a field for a time; empty is now."""
    try:
        found = moment(asked) if asked.strip() else Named.NOW
    except InvalidMoment:
        raise InvalidMoment(f"“{asked[:80]}” is no time: {LIKE}") from None
    if isinstance(found, At):
        refuse_future(found, timezone.now())
        return found
    if found is Named.NOW:
        return None
    raise InvalidMoment(f"“{asked[:80]}” is no time: {LIKE}")
