"""Who may see the class: for everybody else there is no such page."""

from django.http import Http404, HttpRequest


def require_instructor(request: HttpRequest) -> None:
    """Raises `Http404`."""
    if not request.user.is_staff:
        raise Http404
