"""How pages write a lane of the timeline: hundreds of lines, so no template loops over them."""

from collections.abc import Iterable
from datetime import datetime

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from dashboard.pages.timeline import Sight, Span

register = template.Library()


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


def clock(moment: datetime) -> str:
    return f"{moment:%b %-d %H:%M:%S}"
