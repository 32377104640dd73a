"""How pages write a lane of the timeline: hundreds of lines, so no template loops over them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dashboard.web.namespace import sections
from dashboard.web.namespace.lanes import Sight, Span
from dashboard.web.namespace.sections import Window

register = template.Library()

DAY = timedelta(days=1)


@register.filter
def turnings(pieces: Iterable[Span | Sight]) -> SafeString:
    """What was said or seen from when to when; the beginning leads to what began it."""
    return format_html_join(
        "",
        '<li><b>{}</b> <a href="{}">{}</a> to {}{}</li>',
        (
            (
                piece.outcome,
                piece.address,
                clock(piece.since),
                clock(piece.until),
                f", {piece.method}" if isinstance(piece, Sight) else "",
            )
            for piece in pieces
        ),
    )


@register.filter
def brief(moment: datetime, window: Window) -> SafeString:
    """Without its day where it is in a window that is no longer than one."""
    is_plain = window.holds(moment) and window.until - window.since <= DAY
    words = f"{moment:%H:%M:%S}" if is_plain else clock(moment)
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), words)


@register.filter
def some(flows: Sequence[str]) -> str:
    return sections.some(flows)


def clock(moment: datetime) -> str:
    return f"{moment:%b %-d %H:%M:%S}"
