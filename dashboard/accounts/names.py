"""What the roster calls those who are known by their logins, and its sections."""

from collections.abc import Iterable

from dashboard.accounts.roster import NO_SECTION
from dashboard.models import Student


def find_names(logins: Iterable[str]) -> dict[str, str]:
    """By login in small letters; in one query, without those of whom it knows no name."""
    known = Student.objects.with_logins(logins).exclude(name="")
    return {login.lower(): name for login, name in known.values_list("login", "name")}


def list_section_names() -> list[str]:
    """And none of them last; empty where nobody is in any."""
    named = Student.objects.exclude(section="").order_by("section")
    found = list(named.values_list("section", flat=True).distinct())
    return [*found, NO_SECTION] if found else []
