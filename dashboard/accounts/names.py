"""The names and sections of the roster."""

from collections.abc import Iterable

from dashboard.accounts.roster import NO_SECTION
from dashboard.models import Student


def find_names(logins: Iterable[str]) -> dict[str, str]:
    """The names in the roster, by login in lower case; in one query."""
    known = Student.objects.with_logins(logins).exclude(name="")
    return {login.lower(): name for login, name in known.values_list("login", "name")}


def list_section_names() -> list[str]:
    """With `NO_SECTION` last; empty if nobody has a section."""
    named = Student.objects.exclude(section="").order_by("section")
    found = list(named.values_list("section", flat=True).distinct())
    return [*found, NO_SECTION] if found else []
