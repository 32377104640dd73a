"""How pages write points."""

from django import template

from dashboard.web.reports.points import format_points

register = template.Library()
register.filter("points", format_points)
