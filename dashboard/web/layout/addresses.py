"""Addresses of a namespace's pages that have moments in them."""

from urllib.parse import urlencode

from django.urls import reverse

from dashboard.models import Draft
from dashboard.times.moment import DraftMoment, Moment, TimeMoment

ComparedEnd = Moment | Draft | str
"""What a difference compares: a moment, a draft, or the word that an address has for it."""


def format_difference_address(name: str, before: ComparedEnd, after: ComparedEnd) -> str:
    """Of the page that compares these two ends of a namespace."""
    return f"{reverse('difference', args=[name])}?{encode_ends(before, after)}"


def encode_ends(before: ComparedEnd, after: ComparedEnd) -> str:
    ends = {"from": before, "to": after}
    moments = {
        key: DraftMoment(end.pk) if isinstance(end, Draft) else end for key, end in ends.items()
    }
    return urlencode(moments, safe=":@")


def format_past_address(name: str, at: TimeMoment) -> str:
    return f"{reverse('namespace', args=[name])}?{urlencode({'at': at}, safe=':')}"
