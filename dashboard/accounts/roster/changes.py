"""What a file would change about the roster that is kept. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from dashboard.accounts.roster.entries import RosterEntry
from dashboard.models import Student

FIELDS = ("login", "name", "section")


@dataclass(frozen=True, slots=True)
class StudentChange:
    """What becomes of a student who is known, by field: from what, to what."""

    student: Student
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class RosterChanges:
    """`missing` are on the roster and not in the file: they stay unless somebody says otherwise."""

    new: tuple[RosterEntry, ...]
    changed: tuple[StudentChange, ...]
    same: tuple[Student, ...]
    missing: tuple[Student, ...]

    @property
    def is_empty(self) -> bool:
        return not self.new and not self.changed


def compare_roster(students: Iterable[Student], entries: Iterable[RosterEntry]) -> RosterChanges:
    """What the file does not tell stays as it is."""
    known = {student.login.lower(): student for student in students}
    listed = {entry.key: entry for entry in entries}
    both = [
        StudentChange(known[key], list_field_changes(known[key], listed[key]))
        for key in listed
        if key in known
    ]
    return RosterChanges(
        new=tuple(entry for key, entry in listed.items() if key not in known),
        changed=tuple(each for each in both if each.fields),
        same=tuple(each.student for each in both if not each.fields),
        missing=tuple(student for key, student in known.items() if key not in listed),
    )


def list_field_changes(student: Student, entry: RosterEntry) -> tuple[tuple[str, str, str], ...]:
    both = ((field, getattr(student, field), getattr(entry, field)) for field in FIELDS)
    return tuple((field, was, will) for field, was, will in both if will and will != was)
