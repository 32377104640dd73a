"""How pages write a time: how long ago, with the moment itself at hand."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

UNITS = ((86400, "d"), (3600, "h"), (60, "min"))


def age(seconds: float) -> str:
    """The biggest unit alone: the eye wants minutes or days, not both."""
    for size, unit in UNITS:
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return "just now"


@register.filter
def ago(moment: datetime | None) -> SafeString | str:
    if moment is None:
        return "never"
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        moment.isoformat(),
        f"{moment:%Y-%m-%d %H:%M:%S}",
        age((timezone.now() - moment).total_seconds()),
    )


@register.filter
def clock(moment: datetime) -> SafeString:
    """The moment itself, for what is compared with other moments rather than with now."""
    return format_html(
        '<time datetime="{}">{} UTC</time>', moment.isoformat(), f"{moment:%Y-%m-%d %H:%M:%S}"
    )
