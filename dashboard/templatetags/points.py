"""How pages write points."""

from fractions import Fraction

from django import template

from dashboard.web.reports.points import format_points

register = template.Library()


@register.filter
def points(value: Fraction) -> str:
    return format_points(value)
