"""How pages write whether traffic may pass."""

from django import template

from dashboard.charts.palette import LETTERS
from netpol.model import Outcome

register = template.Library()


@register.filter
def letter(outcome: Outcome) -> str:
    return LETTERS[outcome]
