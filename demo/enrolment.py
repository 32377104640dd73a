"""The demo's roster: all but one of those who have a namespace, and two who have none yet."""

from datetime import datetime

from dashboard.accounts import roster
from demo.classroom.roster import SimulatedStudent

SECTIONS = ("Tuesday", "Thursday")
WITHOUT_NAMESPACE = (("xenia-w", "Xenia W.", SECTIONS[0]), ("ivo", "", ""))


def record_roster(everybody: tuple[SimulatedStudent, ...], at: datetime) -> None:
    *enrolled, _ = everybody
    lines = [*map(_format_line, enrolled), *WITHOUT_NAMESPACE]
    roster.import_roster(
        [roster.RosterEntry(number, *line) for number, line in enumerate(lines, 2)], at
    )


def _format_line(student: SimulatedStudent) -> tuple[str, str, str]:
    """With their name as somebody might have written it: `gita-r` is Gita R."""
    first, _, initial = student.login.rstrip("0123456789").partition("-")
    name = f"{first.title()} {initial[:1].upper()}." if initial else first.title()
    return student.login, name, SECTIONS[student.number % len(SECTIONS)]
