from django.apps import AppConfig
from django.core.management.base import CommandError
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.signals import pre_migrate

OLD_MIGRATION = "0001_initial"
"""The first of those from before the tables of `0001_tables`."""
REFUSAL = (
    "This database has the tables of an earlier version, which cannot be converted."
    " Dump what you want to keep, then start anew: migrate an empty database."
)


class DashboardConfig(AppConfig):
    name = "dashboard"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        pre_migrate.connect(refuse_old_tables, sender=self)


def refuse_old_tables(using: str, **_: object) -> None:
    """Raise `CommandError` before `migrate` touches a database that it cannot convert."""
    recorder = MigrationRecorder(connections[using])
    old = recorder.migration_qs.filter(app="dashboard", name=OLD_MIGRATION)
    if recorder.has_table() and old.exists():
        raise CommandError(REFUSAL)
