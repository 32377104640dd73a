"""What commands share: cluster options, a check of the database, and progress displays."""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError, OutputWrapper
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.sqlite3.base import DatabaseWrapper as Sqlite
from django.db.migrations.executor import MigrationExecutor

WIDTH = 30


def add_cluster_options(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--kubeconfig",
        metavar="FILE",
        default=settings.KUBECONFIG,
        help="default: KUBECONFIG, else the cluster that this runs in",
    )
    parser.add_argument(
        "--context",
        metavar="NAME",
        default=settings.KUBE_CONTEXT,
        help="default: KUBE_CONTEXT, or the file's current one",
    )


def require_migrated() -> None:
    """Raises `CommandError`. Does not connect to SQLite, which would create its file."""
    if not _is_migrated():
        raise CommandError("The database is not up to date. Run: python manage.py migrate")


def _is_migrated() -> bool:
    database = connections[DEFAULT_DB_ALIAS]
    is_file = isinstance(database, Sqlite) and not database.is_in_memory_db()
    if is_file and not Path(database.settings_dict["NAME"]).exists():
        return False
    executor = MigrationExecutor(database)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


class ProgressBar:
    """One line of a terminal, drawn again and again."""

    def __init__(self, out: OutputWrapper) -> None:
        self.out = out
        self.last_line = ""

    def __call__(self, doing: str, done: int, total: int) -> None:
        filled = WIDTH * done // total if total else WIDTH
        line = f"{doing:<26.26} [{'#' * filled:<{WIDTH}}] {done}/{total}"
        if line != self.last_line:
            self.out.write(f"\r{line}\033[K", ending="")
            self.out.flush()
            self.last_line = line

    def clear_line(self) -> None:
        self.out.write("\r\033[K", ending="")


class ProgressLines:
    """A line for each activity, for logs."""

    def __init__(self, out: OutputWrapper) -> None:
        self.out = out
        self.last_activity = ""

    def __call__(self, doing: str, *_: int) -> None:
        if doing != self.last_activity:
            self.out.write(f"{doing} ...")
            self.last_activity = doing

    def clear_line(self) -> None:
        pass


def open_progress_display(out: OutputWrapper) -> ProgressBar | ProgressLines:
    return ProgressBar(out) if out.isatty() else ProgressLines(out)
