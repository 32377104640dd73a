"""The demo's accounts, which only its one click opens, and its roster."""

from datetime import datetime

from django.contrib.auth.models import User

from dashboard.accounts import roster
from demo.classroom.roster import SimulatedStudent

INSTRUCTOR = "instructor"
SECTIONS = ("Tuesday", "Thursday")
WITHOUT_NAMESPACE = (("xenia-w", "Xenia W.", SECTIONS[0]), ("ivo", "", ""))


def create_accounts(students: tuple[SimulatedStudent, ...]) -> None:
    users = [User(username=INSTRUCTOR, is_staff=True)]
    users += [User(username=student.login) for student in students]
    for user in users:
        user.set_unusable_password()
    User.objects.bulk_create(users)


def record_roster(students: tuple[SimulatedStudent, ...], at: datetime) -> None:
    """Enrol all but the last student, and two who have no namespace yet."""
    lines = [*map(_describe_student, students[:-1]), *WITHOUT_NAMESPACE]
    entries = [roster.RosterEntry(number, *line) for number, line in enumerate(lines, 2)]
    roster.import_roster(entries, at)


def _describe_student(student: SimulatedStudent) -> tuple[str, str, str]:
    """Login, name and section: `gita-r` is Gita R."""
    first, _, initial = student.login.rstrip("0123456789").partition("-")
    name = f"{first.title()} {initial[:1].upper()}." if initial else first.title()
    return student.login, name, SECTIONS[student.number % len(SECTIONS)]
