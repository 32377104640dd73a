"""How pages for instructors write who somebody is."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def student(called: str, login: str, address: str = "") -> SafeString:
    """The roster's name with the login small, or the login alone; with a link where it leads on."""
    name = called or login
    shown = (
        format_html('<a href="{}">{}</a>', address, name) if address else format_html("{}", name)
    )
    return format_html('{} <span class="login">{}</span>', shown, login) if called else shown
