"""How pages lead to the difference between two moments."""

from django import template

from dashboard.models import Draft
from dashboard.times.moment import Drafted, Moment
from dashboard.web.layout.addresses import difference

register = template.Library()


@register.simple_tag
def difference_address(name: str, before: Moment | Draft | str, after: Moment | Draft | str) -> str:
    """An end is a moment, a draft, or the word that an address has for it."""
    return difference(name, _end(before), _end(after))


def _end(end: Moment | Draft | str) -> Moment | str:
    return Drafted(end.pk) if isinstance(end, Draft) else end
