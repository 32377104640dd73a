"""`manage.py run NAME`: name a moment or an interval of the class."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dashboard.history.runs import NothingRead, TakenName, current_runs, name_run
from dashboard.management.terminal import require_migrated
from dashboard.models import LONGEST_NAME
from dashboard.times.moment import (
    InvalidMoment,
    NamedMoment,
    TimeMoment,
    format_moment,
    parse_moment,
)


class Command(BaseCommand):
    help = "Name the present state of the class, or a past moment or interval."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", help='such as "week 6, start"')
        parser.add_argument(
            "--at", metavar="TIME", default="now", help="a time like 2026-03-01T14:05:00Z"
        )
        parser.add_argument(
            "--until", metavar="TIME", help="the end of an interval; default: a moment"
        )

    def handle(self, *_args: Any, name: str, at: str, until: str | None, **_options: Any) -> None:
        require_migrated()
        now = timezone.now()
        began = _parse_time(at, now)
        ended = _parse_time(until, now) if until else began
        if not 0 < len(name.strip()) <= LONGEST_NAME:
            raise CommandError(f"A name has between 1 and {LONGEST_NAME} characters.")
        if began > now:
            raise CommandError(f"{format_moment(TimeMoment(began))} is in the future.")
        if ended < began:
            raise CommandError(
                f"It would end ({TimeMoment(ended)}) before it begins ({TimeMoment(began)})."
            )
        try:
            run = name_run(name, began, ended, by="")
        except (NothingRead, TakenName) as refused:
            raise CommandError(str(refused)) from None
        about = "a moment" if ended == began else f"until {format_moment(TimeMoment(ended))}"
        known = current_runs().count()
        self.stdout.write(
            f"{run.name}: {format_moment(TimeMoment(began))}, {about}. "
            f"It is run {run.pk}, one of {known}."
        )


def _parse_time(text: str, now: datetime) -> datetime:
    try:
        found = parse_moment(text)
    except InvalidMoment as invalid:
        raise CommandError(str(invalid)) from None
    match found:
        case TimeMoment(time):
            return time
        case NamedMoment.NOW:
            return now
    raise CommandError(f"A run needs a time like 2026-03-01T14:05:00Z, not {found}.")
