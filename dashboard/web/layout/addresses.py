"""Addresses of a namespace's pages that have moments in them."""

from urllib.parse import urlencode

from django.urls import reverse

from dashboard.times.moment import At, Moment


def difference(name: str, before: Moment | str, after: Moment | str) -> str:
    """Of the page that compares these two ends of a namespace."""
    return f"{reverse('difference', args=[name])}?{ends(before, after)}"


def ends(before: Moment | str, after: Moment | str) -> str:
    return urlencode({"from": before, "to": after}, safe=":@")


def as_it_was(name: str, at: At) -> str:
    return f"{reverse('namespace', args=[name])}?{urlencode({'at': at}, safe=':')}"
