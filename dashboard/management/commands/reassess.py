"""`manage.py reassess`: the history by the present lab file and evaluator."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dashboard.active_lab import active_lab
from dashboard.history.reassessing import Reassessed, reassess
from dashboard.management.terminal import open_progress_display, require_migrated
from dashboard.models import Namespace
from dashboard.times.moment import InvalidMoment, TimeMoment, parse_moment


class Command(BaseCommand):
    help = (
        "Assess the stored states anew, after the lab file or the dashboard was changed: their"
        " verdicts, steps and mistakes, when each step was first reached, and incidents by"
        " policies. Nothing is fetched. Restart the workers first, so that polls use the same lab"
        " file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--namespace", metavar="NAME", action="append", help="only this one; repeatable"
        )
        parser.add_argument(
            "--since", metavar="TIME", help="only states of then and later: 2026-03-01T14:05:00Z"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")

    def handle(
        self,
        *_args: Any,
        namespace: list[str] | None,
        since: str | None,
        dry_run: bool,
        **_: Any,
    ) -> None:
        require_migrated()
        chosen = Namespace.objects.all()
        if namespace:
            chosen = chosen.filter(name__in=namespace)
            if unknown := set(namespace) - set(chosen.values_list("name", flat=True)):
                raise CommandError(f"Nobody has recorded {', '.join(sorted(unknown))}.")
        begin = _parse_time(since) if since else None
        shown = open_progress_display(self.stderr)
        try:
            found = reassess(
                chosen, begin.first_instant if begin else None, shown, apply=not dry_run
            )
        finally:
            shown.clear_line()
        self.print_summary(found, dry_run=dry_run)

    def print_summary(self, found: Reassessed, *, dry_run: bool) -> None:
        """In the same words whether it was done or only tried."""
        say = self.stdout.write
        say(f"{found.states} states assessed: {found.changed} have another result now")
        for flow, count in sorted(found.verdicts.items()):
            say(f"  {flow}: another verdict in {count}")
        if not found.verdicts:
            say("  no flow has another verdict in any of them")
        for step in active_lab().steps:
            if said := ", ".join(_describe_step(found, step.key)):
                say(f"  {step.title}, first reached, by namespaces: {said}")
        say(f"{found.incidents} incidents by policies differ now")
        if not dry_run:
            say(f"{found.mistakes} states have other mistakes now, or known ones")
        for reason, count in found.left.items():
            say(f"{count} stay as they were: {reason}")
        if dry_run:
            say("Nothing was changed, and no mistake looked for: this was a dry run.")


def _describe_step(found: Reassessed, step: str) -> Iterator[str]:
    """Whose first times of a step are others now."""
    if count := found.reached[step]:
        yield f"now by {count} that had not"
    if count := found.unreached[step]:
        yield f"no longer by {count}"
    if count := found.moved[step]:
        yield f"at another time by {count}"


def _parse_time(text: str) -> TimeMoment:
    try:
        found = parse_moment(text)
    except InvalidMoment as invalid:
        raise CommandError(str(invalid)) from None
    if not isinstance(found, TimeMoment):
        raise CommandError(f"--since wants a time like 2026-03-01T14:05:00Z, not {text}.")
    return found
