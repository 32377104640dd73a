"""Who is in the class: a file of theirs, what it would change, and the rows that are kept."""

from dashboard.accounts.roster.changes import Change, Changes, changes
from dashboard.accounts.roster.entries import NO_SECTION, Entry, Fault, Listed, RefusedRoster
from dashboard.accounts.roster.file import MOST_BYTES, MOST_STUDENTS, read
from dashboard.accounts.roster.importing import bring_in
from dashboard.accounts.roster.logins import GITHUB_LOGIN

__all__ = [
    "GITHUB_LOGIN",
    "MOST_BYTES",
    "MOST_STUDENTS",
    "NO_SECTION",
    "Change",
    "Changes",
    "Entry",
    "Fault",
    "Listed",
    "RefusedRoster",
    "bring_in",
    "changes",
    "read",
]
