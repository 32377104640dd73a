"""How a row of a list writes where somebody stands with each of the lab's steps."""

from datetime import datetime
from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboard.assess.steps import StepState
from dashboard.web.board.page import Row

register = template.Library()


@register.filter
def marks(row: Row) -> SafeString:
    """Joined here: a template takes longer for a class than its database."""
    items = (
        _mark(mark.step.part, mark.step.title, mark.state, mark.reached, mark.step is row.current)
        for mark in row.marks
    )
    return SafeString(f'<ol class="marks">{"".join(items)}</ol>')


@lru_cache(maxsize=4096)
def _mark(
    part: int,
    title: str,
    state: StepState,
    reached: datetime | None,
    is_current: bool,  # noqa: FBT001
) -> SafeString:
    """Kept, because polls see a whole class at the same times."""
    since = f"; first held {reached:%Y-%m-%d %H:%M} UTC" if reached else ""
    return format_html(
        '<li class="{}{}" title="{}">{}<span class="for-readers"> {}</span></li>',
        state.name.lower(),
        " current" if is_current else "",
        f"Part {part}, {title}: {state}{since}",
        part,
        state,
    )
