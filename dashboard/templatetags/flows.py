"""How pages write whether traffic may pass."""

from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboard.assess.answers import Answers
from dashboard.models import ObservedOutcome
from dashboard.web.layout.palette import LETTERS
from netpol.lab import Flow
from netpol.model import Outcome

register = template.Library()

UNMET = SafeString("<sup>≠</sup>")


@register.filter
def letter(outcome: Outcome) -> str:
    return LETTERS[outcome]


@register.filter
def cell(answers: Answers) -> SafeString:
    """A table's cell with a letter, ≠ where it is against the lab, ! against what a probe saw."""
    saw = answers.observed
    return _cell(
        answers.flow,
        answers.predicted,
        saw.outcome,
        UNMET if answers.against_lab else "",
        f"A probe saw: {saw.outcome}, {saw.reason}" if answers.contradicted else "",
    )


@register.filter
def cells(answers: Iterable[Answers]) -> SafeString:
    """A row of them, joined here: a template takes longer for a class than its database."""
    return SafeString("".join(map(cell, answers)))


@lru_cache(maxsize=1024)
def _cell(
    flow: Flow, predicted: Outcome, observed: ObservedOutcome, unmet: str, hint: str
) -> SafeString:
    """Kept, because a class has thousands of cells and few that differ."""
    return format_html(
        '<td data-flow="{}" data-expected="{}" data-predicted="{}" data-observed="{}"{}>'
        "{}{}{}</td>",
        flow.name,
        flow.expected,
        predicted,
        observed,
        SafeString(' class="unmet"') if unmet else "",
        LETTERS[predicted],
        unmet,
        format_html('<sup title="{}">!</sup>', hint) if hint else "",
    )
