"""How pages write points."""

from fractions import Fraction

from django import template

from dashboard.web.reports.score import number

register = template.Library()


@register.filter
def points(value: Fraction) -> str:
    return number(value)
