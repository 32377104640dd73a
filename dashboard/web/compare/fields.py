"""The two ends of a difference that an address or its form asks for, and who may see them.

What is not said is no policy at all on the one side and now on the other, or with `?at=` that time.
"""

from dataclasses import replace

from django.http import Http404, HttpRequest
from django.utils import timezone

from dashboard.models import Namespace
from dashboard.times.moment import (
    InvalidMoment,
    Moment,
    NamedMoment,
    NamespaceMoment,
    for_namespace,
    parse_moment,
    refuse_future,
)
from dashboard.web.compare.page import EndField, build_field
from dashboard.web.layout.requested_moment import parse_requested_moment, parse_typed_moment

DEFAULTS = {"from": NamedMoment.BASELINE, "to": NamedMoment.NOW}
LABELS = {"from": "From", "to": "To"}
MOST_NAMED = 3


def parse_ends(request: HttpRequest, namespace: Namespace) -> tuple[Moment, Moment]:
    """Raises `InvalidMoment`, and `Http404` for a student who asks for another's."""
    before, after = (_parse_end(request, namespace, key) for key in DEFAULTS)
    return before, after


def parse_fields(request: HttpRequest) -> tuple[EndField, EndField]:
    """What the form's fields say, as far as that is a choice."""
    before, after = (_parse_field(request, key) for key in DEFAULTS)
    return before, after


def build_fields(before: Moment, after: Moment) -> tuple[EndField, EndField]:
    """The form's fields for these two."""
    return build_field("from", LABELS["from"], before), build_field("to", LABELS["to"], after)


def needs_redirect(request: HttpRequest) -> bool:
    """A field beside the two lists, or `?at=`, says what an address has in its two ends."""
    beside = [f"{key}_{field}" for key in DEFAULTS for field in ("of", "at")]
    return any(request.GET.get(name, "").strip() for name in ("at", *beside))


def _default_end(request: HttpRequest, key: str) -> Moment:
    return (key == "to" and parse_requested_moment(request)) or DEFAULTS[key]


def _parse_moment(request: HttpRequest, key: str) -> Moment:
    """A time that was typed goes before what was chosen from the list."""
    if time := request.GET.get(f"{key}_at", "").strip():
        return parse_typed_moment(time) or NamedMoment.NOW
    chosen = request.GET.get(key)
    return parse_moment(chosen) if chosen else _default_end(request, key)


def _parse_end(request: HttpRequest, namespace: Namespace, key: str) -> Moment:
    found = _parse_moment(request, key)
    refuse_future(found, timezone.now())
    whose = request.GET.get(f"{key}_of", "").strip()
    if not whose and not isinstance(found, NamespaceMoment):
        return found
    if not getattr(request.user, "is_staff", False):
        raise Http404
    if isinstance(found, NamespaceMoment):
        return NamespaceMoment(find_namespace_name(whose or found.namespace, namespace), found.when)
    other = find_namespace_name(whose, namespace)
    return found if other == namespace.name else for_namespace(found, other)


def find_namespace_name(typed: str, beside: Namespace) -> str:
    """By its own name or by its student's login, then in the environment of the one `beside` it.

    Raises `InvalidMoment`, which says what to type.
    """
    # No column can hold this character, and PostgreSQL refuses to look for it.
    if "\0" not in typed:
        if found := Namespace.objects.filter(name=typed.lower()).first():
            return found.name
        owned = Namespace.objects.filter(student__iexact=typed).order_by("name")
        theirs = list(owned.values_list("name", "environment"))
        alike = [name for name, environment in theirs if environment == beside.environment]
        if len(alike or theirs) == 1:
            return (alike or [name for name, _ in theirs])[0]
        if theirs:
            names = ", ".join(name for name, _ in theirs[:MOST_NAMED])
            raise InvalidMoment(f"“{typed[:80]}” has several namespaces: type one, like {names}.")
    raise InvalidMoment(
        f"No student and no namespace is called “{typed[:80]}”: type a login, or a name like"
        f" {beside.name}."
    )


def _parse_field(request: HttpRequest, key: str) -> EndField:
    try:
        found = parse_moment(request.GET.get(key) or DEFAULTS[key])
    except InvalidMoment:
        found = DEFAULTS[key]
    field, whose = build_field(key, LABELS[key], found), request.GET.get(f"{key}_of", "").strip()
    field = replace(field, typed=request.GET.get(f"{key}_at", "").strip()[:63])
    return replace(field, whose=whose[:63]) if whose else field
