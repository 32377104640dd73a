"""The tables: the document that lists them, and databases that cannot be migrated."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from django.db.models import AutoField

ROW = re.compile(r"\| `(\w+)` \| .+ \| (.+) \|")


def test_the_document_lists_every_table_with_its_constraints() -> None:
    rows = ROW.findall(Path(settings.BASE_DIR, "docs/database.md").read_text())
    listed = {table: re.findall(r"`(\w+)`", constraints) for table, constraints in rows}
    states = ProjectState.from_apps(apps).models
    assert listed == {
        state.name: [
            *(
                name
                for name, field in state.fields.items()
                if field.unique and not isinstance(field, AutoField)
            ),
            *(constraint.name for constraint in state.options.get("constraints", ())),
        ]
        for (app, _), state in states.items()
        if app == "dashboard"
    }


@pytest.mark.django_db
def test_a_database_of_an_earlier_version_is_refused_in_words() -> None:
    MigrationRecorder(connection).record_applied("dashboard", "0001_initial")
    with pytest.raises(CommandError, match="Dump what you want to keep, then start anew"):
        call_command("migrate")


@pytest.mark.django_db
def test_an_empty_database_is_not_refused(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("migrate")
    assert "No migrations to apply" in capsys.readouterr().out
