"""How pages write a time: how long ago, with the moment itself at hand."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboard.pages.moment import At

register = template.Library()

UNITS = ((86400, "d"), (3600, "h"), (60, "min"))


def age(seconds: float, *, before: bool = False) -> str:
    """The biggest unit alone: the eye wants minutes or days, not both."""
    for size, unit in UNITS:
        if seconds >= size:
            return f"{int(seconds // size)} {unit} {'before' if before else 'ago'}"
    return "just then" if before else "just now"


@register.filter
def ago(moment: datetime | None, at: At | None = None) -> SafeString | str:
    """On a page of the past, how long before `at`."""
    if moment is None:
        return "never"
    since = at.time if at else timezone.now()
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        moment.isoformat(),
        f"{moment:%Y-%m-%d %H:%M:%S}",
        age((since - moment).total_seconds(), before=bool(at)),
    )


@register.filter
def clock(moment: datetime) -> SafeString:
    """The moment itself, for what is compared with other moments rather than with now."""
    return format_html(
        '<time datetime="{}">{} UTC</time>', moment.isoformat(), f"{moment:%Y-%m-%d %H:%M:%S}"
    )
