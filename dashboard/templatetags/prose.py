"""How pages write a sentence that names policies and fields between backticks."""

from collections.abc import Collection, Iterator

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dashboard.assess.places import Places

register = template.Library()

Shown = Collection[str] | Places
"""The policies that a page shows, and perhaps in which of its lines their fields stand."""
FIELDS = ("spec", "metadata")


@register.filter
def prose(sentence: str, policies: Shown = ()) -> SafeString:
    """What stands between backticks as code; the `policies` that this page shows as links, and so
    a field that stands in parentheses behind one of them.
    """
    return format_html_join("", "{}", ((piece,) for piece in _pieces(sentence, policies)))


def _pieces(sentence: str, policies: Shown) -> Iterator[str]:
    policy = between = ""
    for index, text in enumerate(sentence.split("`")):
        if index % 2 == 0:
            between = text
            yield text
        elif text in policies:
            policy = text
            yield field(policies, policy, "", text)
        elif policy and between == " (" and text.startswith(FIELDS):
            yield field(policies, policy, text, text)
        else:
            policy = ""
            yield format_html("<code>{}</code>", text)


@register.simple_tag
def field(policies: Shown, policy: str, path: str, words: str) -> SafeString:
    """The words as code, which lead to the field where the page shows it."""
    code = format_html("<code>{}</code>", words)
    if policy not in policies:
        return code
    place = policies.anchor(policy, path) if isinstance(policies, Places) else f"policy-{policy}"
    return format_html('<a href="#{}">{}</a>', place, code)
