"""The moment that an address asks for by `?at=`."""

from django.http import HttpRequest
from django.utils import timezone

from dashboard.pages.moment import At, InvalidMoment, Named, moment, refuse_future


def at(request: HttpRequest) -> At | None:
    """`None` is now. Raises `InvalidMoment`."""
    asked = request.GET.get("at", "")
    found = moment(asked) if asked.strip() else Named.NOW
    if isinstance(found, At):
        refuse_future(found, timezone.now())
        return found
    if found is Named.NOW:
        return None
    raise InvalidMoment(
        f"A page shows how it was at a time, like 2026-03-01T14:05:00Z, not {found}."
    )
