"""What could not be read, since when until when; and marks that were taken back stay."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

OPEN = ("is_open", True)
MARKED = ("taken_back_at", None)


def begin(apps: Any, _: object) -> None:
    """What cannot be read now could not be read since then."""
    namespaces = apps.get_model("dashboard", "Namespace").objects
    failures = apps.get_model("dashboard", "ReadFailure").objects
    for namespace in namespaces.exclude(failure="").exclude(failing_since=None):
        since = namespace.failing_since
        times = {"failing_since": since, "first_seen": since, "last_seen": since}
        failures.create(namespace=namespace, reason=namespace.failure, **times)


def forget(apps: Any, _: object) -> None:
    """On the way back there is no place for marks that were taken back."""
    apps.get_model("dashboard", "StepMark").objects.exclude(taken_back_at=None).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0013_changes_of_the_class"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReadFailure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField()),
                ("failing_since", models.DateTimeField()),
                ("first_seen", models.DateTimeField()),
                ("last_seen", models.DateTimeField()),
                ("is_open", models.BooleanField(default=True)),
                (
                    "namespace",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="read_failures",
                        to="dashboard.namespace",
                    ),
                ),
            ],
            options={
                "ordering": ["-first_seen"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("namespace",),
                        condition=models.Q(OPEN),
                        name="one_open_failure_per_namespace",
                    ),
                    models.UniqueConstraint(
                        fields=("is_open",),
                        condition=models.Q(OPEN, ("namespace", None)),
                        name="one_open_failure_of_the_whole_class",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_seen__gte", models.F("first_seen"))),
                        name="a_failure_ends_after_it_began",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(model_name="stepmark", name="a_step_is_marked_once"),
        migrations.AddField(
            model_name="stepmark",
            name="taken_back_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="stepmark",
            name="taken_back_by",
            field=models.CharField(blank=True, default="", max_length=150),
        ),
        migrations.AddConstraint(
            model_name="stepmark",
            constraint=models.UniqueConstraint(
                fields=("namespace", "step"),
                condition=models.Q(MARKED),
                name="a_step_is_marked_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="stepmark",
            constraint=models.CheckConstraint(
                condition=models.Q(MARKED, ("taken_back_at__gte", models.F("at")), _connector="OR"),
                name="a_mark_is_taken_back_after_it_was_made",
            ),
        ),
        migrations.RunPython(begin, forget),
    ]
