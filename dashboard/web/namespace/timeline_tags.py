"""How pages write times and flows of the timeline."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboard.web.namespace import sections
from dashboard.web.namespace.sections import TimelineWindow

register = template.Library()

DAY = timedelta(days=1)


@register.filter("brief")
def format_brief_time(moment: datetime, window: TimelineWindow) -> SafeString:
    """Without the day in a window that is no longer than one."""
    is_plain = window.holds(moment) and window.until - window.since <= DAY
    words = f"{moment:%H:%M:%S}" if is_plain else f"{moment:%b %-d %H:%M:%S}"
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), words)


@register.filter("some")
def format_some_flows(flows: Sequence[str]) -> str:
    return sections.format_some(flows)
