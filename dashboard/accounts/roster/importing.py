"""What a roster's file changes about the stored roster, and the import itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from dashboard.accounts.roster.entries import RosterEntry
from dashboard.models import Student

FIELDS = ("login", "name", "section")


@dataclass(frozen=True, slots=True)
class StudentChange:
    """The changes to a known student: each field with its old and its new value."""

    student: Student
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class RosterChanges:
    """`missing` students are on the roster but not in the file: by default they stay."""

    new: tuple[RosterEntry, ...]
    changed: tuple[StudentChange, ...]
    same: tuple[Student, ...]
    missing: tuple[Student, ...]

    @property
    def is_empty(self) -> bool:
        return not self.new and not self.changed


def compare_roster(students: Iterable[Student], entries: Iterable[RosterEntry]) -> RosterChanges:
    """A value that the file leaves out stays as it is."""
    known = {student.login.lower(): student for student in students}
    listed = {entry.key: entry for entry in entries}
    both = [
        StudentChange(student, _list_field_changes(student, entry))
        for key, entry in listed.items()
        if (student := known.get(key))
    ]
    return RosterChanges(
        new=tuple(entry for key, entry in listed.items() if key not in known),
        changed=tuple(each for each in both if each.fields),
        same=tuple(each.student for each in both if not each.fields),
        missing=tuple(student for key, student in known.items() if key not in listed),
    )


def _list_field_changes(student: Student, entry: RosterEntry) -> tuple[tuple[str, str, str], ...]:
    both = ((field, getattr(student, field), getattr(entry, field)) for field in FIELDS)
    return tuple((field, old, new) for field, old, new in both if new and new != old)


def import_roster(
    entries: Iterable[RosterEntry], at: datetime, *, remove_missing: bool = False
) -> RosterChanges:
    """Return what it changed. Of two imports at once the later one compares again."""
    listed = list(entries)
    try:
        return _import_once(listed, at, remove_missing=remove_missing)
    except IntegrityError:
        return _import_once(listed, at, remove_missing=remove_missing)


@transaction.atomic
def _import_once(
    entries: Iterable[RosterEntry], at: datetime, *, remove_missing: bool
) -> RosterChanges:
    changes = compare_roster(Student.objects.select_for_update(), entries)
    for change in changes.changed:
        for field, _, new in change.fields:
            setattr(change.student, field, new)
        change.student.imported_at = at
    Student.objects.bulk_update(
        [change.student for change in changes.changed], [*FIELDS, "imported_at"], batch_size=200
    )
    Student.objects.bulk_create(
        Student(login=entry.login, name=entry.name, section=entry.section, imported_at=at)
        for entry in changes.new
    )
    if remove_missing:
        gone = [student.pk for student in changes.missing]
        for start in range(0, len(gone), 500):
            Student.objects.filter(pk__in=gone[start : start + 500]).delete()
    return changes
