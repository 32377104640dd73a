"""`manage.py roster FILE`: who is in the class."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dashboard.accounts.roster import (
    MOST_BYTES,
    ParsedRoster,
    RosterChanges,
    RosterError,
    compare_roster,
    import_roster,
    parse_roster,
)
from dashboard.management.terminal import require_migrated
from dashboard.models import Student


class Command(BaseCommand):
    help = (
        "Update the roster from a file: CSV with a line of column names (login, name,"
        " section), or YAML of kind StudentSubmissions. Students who are not in it stay."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="- is standard input")
        parser.add_argument(
            "--section", default="", metavar="NAME", help="for students without one in the file"
        )
        parser.add_argument(
            "--remove-missing", action="store_true", help="remove students who are not in the file"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")

    def handle(
        self,
        *_args: Any,
        file: str,
        section: str,
        remove_missing: bool,
        dry_run: bool,
        **_: Any,
    ) -> None:
        require_migrated()
        try:
            listed = parse_roster(_read_file(file), section)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}.") from None
        except RosterError as refusal:
            raise CommandError(f"{file}: nothing was imported.\n{refusal}") from None
        if dry_run:
            found = compare_roster(Student.objects.all(), listed.entries)
        else:
            found = import_roster(listed.entries, timezone.now(), remove_missing=remove_missing)
        self.print_changes(found, listed, removed=remove_missing)
        if dry_run:
            self.stdout.write("Nothing was changed: this was a dry run.")

    def print_changes(self, found: RosterChanges, listed: ParsedRoster, *, removed: bool) -> None:
        for entry in found.new:
            details = ", ".join(text for text in (entry.name, entry.section) if text)
            self.stdout.write(f"new: {entry.login}{f' ({details})' if details else ''}")
        for change in found.changed:
            fields = ", ".join(f"{field} {old!r} → {new!r}" for field, old, new in change.fields)
            self.stdout.write(f"changed: {change.student.login}: {fields}")
        for student in found.missing:
            outcome = "removed" if removed else "stays (--remove-missing removes them)"
            self.stdout.write(f"not in the file: {student.login}: {outcome}")
        if listed.nameless:
            lines = ", ".join(map(str, listed.nameless))
            self.stdout.write(f"without a login, left out: line {lines}")
        if listed.sectionless:
            lines = ", ".join(map(str, listed.sectionless))
            self.stdout.write(f"ignored the section “none”: line {lines}")
        self.stdout.write(
            f"{len(found.new)} new, {len(found.changed)} changed, {len(found.same)} as before, "
            f"{len(found.missing)} not in the file"
        )


def _read_file(file: str) -> bytes:
    """One byte more than allowed, so that a file which is too large is refused."""
    if file == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with Path(file).open("rb") as opened:
        return opened.read(MOST_BYTES + 1)
