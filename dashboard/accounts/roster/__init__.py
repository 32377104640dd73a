"""Who is in the class: a file of theirs, what it would change, and the rows that are kept."""

from dashboard.accounts.roster.changes import RosterChanges, StudentChange, compare_roster
from dashboard.accounts.roster.entries import (
    NO_SECTION,
    ParsedRoster,
    RosterEntry,
    RosterError,
    RosterFault,
)
from dashboard.accounts.roster.file import MOST_BYTES, MOST_STUDENTS, parse_roster
from dashboard.accounts.roster.importing import import_roster
from dashboard.accounts.roster.logins import GITHUB_LOGIN

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
