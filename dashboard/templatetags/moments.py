"""How pages write a time: how long ago, with the moment itself at hand."""

from datetime import datetime, timedelta
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboard.times.durations import spelled
from dashboard.times.moment import At
from dashboard.times.moment import clock as written

register = template.Library()

UNITS = ((86400, "d"), (3600, "h"), (60, "min"))


def span(seconds: float) -> str:
    """The biggest unit alone: the eye wants minutes or days, not both. Empty below a minute."""
    for size, unit in UNITS:
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return ""


def age(seconds: float, *, before: bool = False) -> str:
    length = span(seconds)
    if before:
        return f"{length} before" if length else "just then"
    return f"{length} ago" if length else "just now"


@register.filter
def ago(moment: datetime | None, at: At | None = None) -> SafeString | str:
    """On a page of the past, how long before `at`."""
    if moment is None:
        return "never"
    since = at.time if at else timezone.now()
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        written(moment),
        age((since - moment).total_seconds(), before=bool(at)),
    )


@register.filter
def clock(moment: datetime) -> SafeString:
    """The moment itself, for what is compared with other moments rather than with now."""
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), written(moment))


@register.filter
def until(since: datetime, moment: datetime) -> SafeString:
    """How long it has been so at a moment, with the time at which it began."""
    return _since(since, length((moment - since).total_seconds()))


@lru_cache(maxsize=4096)
def _since(since: datetime, words: str) -> SafeString:
    """Kept, because polls see a whole class at the same times."""
    return format_html(
        '<time datetime="{}" title="since {}">{}</time>',
        since.isoformat(),
        written(since),
        words,
    )


@register.filter
def minutes(length_of_time: timedelta | None) -> str:
    """A median, where there is one."""
    return "\N{EN DASH}" if length_of_time is None else length(length_of_time.total_seconds())


def length(seconds: float) -> str:
    """To the minute, so that two who have been at it for over an hour can be told apart."""
    whole = timedelta(minutes=seconds // 60)
    return spelled(whole) if whole else "under 1 min"
