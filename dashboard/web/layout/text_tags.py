"""How pages write names: of policies and fields, of students, of outcomes."""

from collections.abc import Collection, Iterator

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dashboard.assess.manifests import PolicyAnchors
from dashboard.web.layout.addresses import format_difference_address
from netpol.model import Outcome

register = template.Library()
register.simple_tag(format_difference_address, name="difference_address")

ShownPolicies = Collection[str] | PolicyAnchors
"""The policies that a page shows, and perhaps in which of its lines their fields stand."""
FIELDS = ("spec", "metadata")


@register.filter("prose")
def format_prose(sentence: str, policies: ShownPolicies = ()) -> SafeString:
    """Write what stands between backticks as code, and link the policies that this page shows and
    the field that stands in parentheses behind one of them.
    """
    return format_html_join("", "{}", ((piece,) for piece in _split_prose(sentence, policies)))


def _split_prose(sentence: str, policies: ShownPolicies) -> Iterator[str]:
    policy = between = ""
    for index, text in enumerate(sentence.split("`")):
        if index % 2 == 0:
            between = text
            yield text
        elif text in policies:
            policy = text
            yield link_field(policies, policy, "", text)
        elif policy and between == " (" and text.startswith(FIELDS):
            yield link_field(policies, policy, text, text)
        else:
            policy = ""
            yield format_html("<code>{}</code>", text)


@register.simple_tag(name="field")
def link_field(policies: ShownPolicies, policy: str, path: str, words: str) -> SafeString:
    """Write the words as code, which link to the field where the page shows it."""
    code = format_html("<code>{}</code>", words)
    if policy not in policies:
        return code
    place = (
        policies.find_anchor(policy, path)
        if isinstance(policies, PolicyAnchors)
        else f"policy-{policy}"
    )
    return format_html('<a href="#{}">{}</a>', place, code)


@register.simple_tag(name="student")
def format_student(called: str, login: str, address: str = "") -> SafeString:
    """Write the roster's name with the login small, or the login alone; linked to the address."""
    name = format_html("{}", called or login)
    if address:
        name = format_html('<a href="{}">{}</a>', address, name)
    return format_html('{} <span class="login">{}</span>', name, login) if called else name


@register.filter("letter")
def outcome_letter(outcome: str) -> str:
    return Outcome(outcome).letter
