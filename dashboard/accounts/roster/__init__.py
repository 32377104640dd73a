"""The students of the class: a roster's file, what it would change, and its import."""

from dashboard.accounts.roster.entries import (
    GITHUB_LOGIN,
    NO_SECTION,
    ParsedRoster,
    RosterEntry,
    RosterError,
    RosterFault,
)
from dashboard.accounts.roster.file import MOST_BYTES, MOST_STUDENTS, parse_roster
from dashboard.accounts.roster.importing import (
    RosterChanges,
    StudentChange,
    compare_roster,
    import_roster,
)

__all__ = [
    "GITHUB_LOGIN",
    "MOST_BYTES",
    "MOST_STUDENTS",
    "NO_SECTION",
    "ParsedRoster",
    "RosterChanges",
    "RosterEntry",
    "RosterError",
    "RosterFault",
    "StudentChange",
    "compare_roster",
    "import_roster",
    "parse_roster",
]
