"""How a view answers with a page: one frozen dataclass is all that its template sees."""

from typing import ClassVar, Protocol

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class PageContext(Protocol):
    """A page and the template that shows it, where it is called `page`."""

    template: ClassVar[str]


def render_page(request: HttpRequest, page: PageContext, status: int = 200) -> HttpResponse:
    return render(request, page.template, {"page": page}, status=status)
