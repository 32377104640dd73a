"""One poll in the foreground."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.sqlite3.base import DatabaseWrapper as Sqlite
from django.db.migrations.executor import MigrationExecutor

from dashboard.cluster import ClusterError
from dashboard.polling import Poll, poll

WIDTH = 30


class Command(BaseCommand):
    help = "Poll the class once: read it from its cluster, assess it and record what is new."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--kubeconfig",
            metavar="FILE",
            default=settings.KUBECONFIG,
            help="default: KUBECONFIG; without either, the cluster that this runs in",
        )
        parser.add_argument(
            "--context",
            metavar="NAME",
            default=settings.KUBE_CONTEXT,
            help="default: KUBE_CONTEXT, or the file's current one",
        )

    def handle(self, *_args: Any, kubeconfig: str, context: str, **_: Any) -> None:
        if not migrated():
            raise CommandError("The database is not up to date. Run: python manage.py migrate")
        progress = Bar(self.stderr) if self.stderr.isatty() else Lines(self.stderr)
        try:
            result = poll(kubeconfig, context, progress)
        except ClusterError as error:
            raise CommandError(f"Nothing was recorded. {error}") from error
        finally:
            progress.end()
        self.tell(result)

    def tell(self, result: Poll) -> None:
        recorded = result.recorded
        for failure in recorded.failures:
            self.stderr.write(f"{failure.namespace.name} fails: {failure.reason}")
        for note in result.reading.notes:
            self.stderr.write(f"Note: {note}")
        if result.reading.missing_rights:
            rules = "\n".join(result.reading.missing_rights)
            self.stderr.write(f"Missing rights (python manage.py rbac prints all):\n{rules}")
        self.stdout.write(
            f"{len(result.reading.namespaces)} namespaces: {len(recorded.failures)} failing, "
            f"{recorded.new} with a new snapshot, {recorded.unchanged} unchanged "
            f"({result.seconds:.1f} s)"
        )


def migrated() -> bool:
    """Without making anything: merely to connect would create SQLite's file."""
    database = connections[DEFAULT_DB_ALIAS]
    is_file = isinstance(database, Sqlite) and not database.is_in_memory_db()
    if is_file and not Path(database.settings_dict["NAME"]).exists():
        return False
    executor = MigrationExecutor(database)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


class Bar:
    """One line of a terminal, drawn over and over."""

    def __init__(self, out: OutputWrapper) -> None:
        self.out = out
        self.drawn = ""

    def __call__(self, doing: str, done: int, total: int) -> None:
        filled = WIDTH * done // total if total else WIDTH
        line = f"{doing:<26.26} [{'#' * filled:<{WIDTH}}] {done}/{total}"
        if line != self.drawn:
            self.out.write(f"\r{line}\033[K", ending="")
            self.out.flush()
            self.drawn = line

    def end(self) -> None:
        self.out.write("\r\033[K", ending="")


class Lines:
    """A line for each thing that is begun, for logs."""

    def __init__(self, out: OutputWrapper) -> None:
        self.out = out
        self.begun = ""

    def __call__(self, doing: str, *_: int) -> None:
        if doing != self.begun:
            self.out.write(f"{doing} ...")
            self.begun = doing

    def end(self) -> None:
        pass
