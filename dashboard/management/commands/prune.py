"""`manage.py prune`: delete old history."""

from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dashboard.history.retention import Removal, find_midnight, prune
from dashboard.management.terminal import open_progress_display, require_migrated

DAYS = 14


class Command(BaseCommand):
    help = (
        "Delete what is older than some days. Without --yes, only show what would be deleted."
        " Runs, incidents and other evidence stay, and so does every namespace's newest snapshot:"
        " see docs/running.md."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--days", type=int, default=DAYS, metavar="N", help="whole days; default: %(default)s"
        )
        parser.add_argument("--yes", action="store_true", help="delete it")

    def handle(self, *_args: Any, days: int, yes: bool, **_: Any) -> None:
        if not 1 <= days <= 36_500:
            raise CommandError(f"--days must be from 1 to 36500, not {days}.")
        require_migrated()
        before = find_midnight(timezone.localtime()) - timedelta(days=days)
        shown = open_progress_display(self.stderr)
        try:
            found = prune(before, shown, apply=yes)
        finally:
            shown.clear_line()
        self.print_removals(found, before, done=yes)

    def print_removals(self, found: list[Removal], before: datetime, *, done: bool) -> None:
        self.stdout.write(f"Over before {before:%Y-%m-%d %H:%M %Z}, outside runs and evidence:")
        for each in found:
            size = f"about {_format_kilobytes(each.size)}"
            self.stdout.write(f"{each.table:<20} {each.rows:>9} of {each.of:>9} rows  {size}")
        total = sum(each.size for each in found)
        if done:
            self.stdout.write(f"Removed: about {_format_kilobytes(total)} in all.")
        elif any(each.rows for each in found):
            self.stdout.write(
                f"Nothing was removed: --yes removes it, about {_format_kilobytes(total)} in all."
            )
        else:
            self.stdout.write("There is nothing to remove.")


def _format_kilobytes(size: int) -> str:
    return f"{size / 1000:,.0f} kB"
