"""How pages write a sentence that names policies and fields between backticks."""

from collections.abc import Collection

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def prose(sentence: str, policies: Collection[str] = ()) -> SafeString:
    """What stands between backticks as code; the `policies` that this page shows as links."""
    pieces = sentence.split("`")
    return format_html_join(
        "", "{}", ((_piece(i, text, policies),) for i, text in enumerate(pieces))
    )


def _piece(index: int, text: str, policies: Collection[str]) -> str:
    if index % 2 == 0:
        return text
    code = format_html("<code>{}</code>", text)
    return format_html('<a href="#policy-{}">{}</a>', text, code) if text in policies else code
