"""Keeps what a roster's file says."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from dashboard.accounts.roster.changes import RosterChanges, compare_roster
from dashboard.accounts.roster.entries import RosterEntry
from dashboard.models import Student


def import_roster(
    entries: Iterable[RosterEntry], at: datetime, *, remove_missing: bool = False
) -> RosterChanges:
    """The answer is what it changed. Of two imports at once the later one compares again."""
    asked = list(entries)
    try:
        return _import_once(asked, at, remove_missing=remove_missing)
    except IntegrityError:
        return _import_once(asked, at, remove_missing=remove_missing)


@transaction.atomic
def _import_once(
    entries: Iterable[RosterEntry], at: datetime, *, remove_missing: bool
) -> RosterChanges:
    found = compare_roster(Student.objects.select_for_update(), entries)
    for change in found.changed:
        for field, _, will in change.fields:
            setattr(change.student, field, will)
        change.student.imported_at = at
    Student.objects.bulk_update(
        [change.student for change in found.changed],
        ["login", "name", "section", "imported_at"],
        batch_size=200,
    )
    Student.objects.bulk_create(
        Student(login=entry.login, name=entry.name, section=entry.section, imported_at=at)
        for entry in found.new
    )
    if remove_missing:
        gone = [student.pk for student in found.missing]
        for start in range(0, len(gone), 500):
            Student.objects.filter(pk__in=gone[start : start + 500]).delete()
    return found
