"""`manage.py poll`: one poll in the foreground."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dashboard.collect.cluster import ClusterError
from dashboard.collect.poll import PollResult, poll_class
from dashboard.management.terminal import (
    add_cluster_options,
    open_progress_display,
    require_migrated,
)


class Command(BaseCommand):
    help = "Poll the class once: read it from its cluster, assess it and record what is new."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_cluster_options(parser)

    def handle(self, *_args: Any, kubeconfig: str, context: str, **_: Any) -> None:
        require_migrated()
        shown = open_progress_display(self.stderr)
        try:
            result = poll_class(kubeconfig, context, shown)
        except ClusterError as error:
            raise CommandError(f"Nothing was recorded. {error}") from error
        finally:
            shown.clear_line()
        self.print_result(result)

    def print_result(self, result: PollResult) -> None:
        recorded = result.recorded
        for failure in recorded.failures:
            self.stderr.write(f"{failure.namespace.name} cannot be read: {failure.reason}")
        for note in result.reading.notes:
            self.stderr.write(f"Note: {note}")
        if result.reading.missing_rights:
            rules = "\n".join(result.reading.missing_rights)
            self.stderr.write(f"Missing rights (python manage.py rbac prints all):\n{rules}")
        self.stdout.write(
            f"{len(result.reading.namespaces)} namespaces: {len(recorded.failures)} unreadable, "
            f"{recorded.new} with a new snapshot, {recorded.unchanged} unchanged "
            f"({result.seconds:.1f} s)"
        )
