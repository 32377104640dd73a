"""How pages write how long something took."""

from collections.abc import Iterable
from datetime import timedelta

from django import template

from dashboard.times.durations import spelled
from dashboard.web.incidents.outages import Outage

register = template.Library()


@register.filter
def duration(span: timedelta | None) -> str:
    return "not known" if span is None else spelled(span)


@register.filter
def lasting(outages: Iterable[Outage]) -> bool:
    """Whether any of them is not over."""
    return any(each.lasts for each in outages)
