"""How pages write times and durations."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboard.times.durations import format_duration
from dashboard.times.moment import TimeMoment, format_time

register = template.Library()

UNITS = ((86400, "d"), (3600, "h"), (60, "min"))


@register.filter("ago")
def format_age(moment: datetime | None, at: TimeMoment | None = None) -> SafeString | str:
    """How long ago a moment was, or how long before `at` on a page of the past."""
    if moment is None:
        return "never"
    seconds = ((at.time if at else timezone.now()) - moment).total_seconds()
    length = next((f"{int(seconds // size)} {unit}" for size, unit in UNITS if seconds >= size), "")
    if at:
        words = f"{length} before" if length else "just then"
    else:
        words = f"{length} ago" if length else "just now"
    return _time_element(moment, words, title=format_time(moment))


@register.filter("clock")
def format_clock(moment: datetime) -> SafeString:
    """The moment itself, for what is compared with other moments rather than with now."""
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), format_time(moment))


@register.filter("until")
def format_time_since(since: datetime, moment: datetime) -> SafeString:
    """How long it had been so at a moment, with the time at which it began."""
    return _time_element(since, format_minutes(moment - since), title=f"since {format_time(since)}")


@register.filter("minutes")
def format_minutes(span: timedelta | None) -> str:
    """To the minute, so that two spans of more than an hour can be told apart."""
    if span is None:
        return "\N{EN DASH}"
    whole = timedelta(minutes=span.total_seconds() // 60)
    return format_duration(whole) if whole else "under 1 min"


@register.filter("duration")
def format_known_duration(span: timedelta | None) -> str:
    return "not known" if span is None else format_duration(span)


def _time_element(moment: datetime, words: str, title: str) -> SafeString:
    element = '<time datetime="{}" title="{}">{}</time>'
    return format_html(element, moment.isoformat(), title, words)
