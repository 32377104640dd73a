"""Tables for what snapshots share, and for runs, incidents and the roster."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def shared(model: str, *, null: bool = False) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        related_name="snapshots",
        to=f"dashboard.{model}",
        null=null,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0005_mistakes"),
    ]

    operations = [
        migrations.CreateModel(
            name="PodShapes",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("shapes", models.JSONField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="StoredAssessment",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("body", models.JSONField()),
                ("summary", models.JSONField()),
                ("schema", models.PositiveSmallIntegerField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Student",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("login", models.CharField(max_length=63, unique=True)),
                ("name", models.CharField(blank=True, default="", max_length=150)),
                ("section", models.CharField(blank=True, default="", max_length=60)),
                ("imported_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["login"],
            },
        ),
        migrations.CreateModel(
            name="SurroundingSet",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("content", models.JSONField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RunSchedule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("weekday", models.PositiveSmallIntegerField()),
                ("time", models.TimeField()),
                ("minutes", models.PositiveSmallIntegerField(default=0)),
                ("by", models.CharField(max_length=150)),
            ],
            options={
                "ordering": ["weekday", "time", "name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weekday__lte", 6)), name="a_week_has_seven_days"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("flow", models.CharField(max_length=100)),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("policy-added", "Policy Added"),
                            ("policy-changed", "Policy Changed"),
                            ("policy-removed", "Policy Removed"),
                            ("pods-changed", "Pods Changed"),
                            ("surroundings-changed", "Surroundings Changed"),
                            ("not-the-policies", "Not The Policies"),
                            ("outage", "Outage"),
                        ],
                        max_length=30,
                    ),
                ),
                ("policies", models.JSONField(default=list)),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                ("worked_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField(db_index=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "namespace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="incidents",
                        to="dashboard.namespace",
                    ),
                ),
            ],
            options={
                "ordering": ["-opened_at", "flow"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("namespace", "flow"),
                        name="one_open_incident_per_flow",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at", None),
                            ("closed_at__gte", models.F("opened_at")),
                            _connector="OR",
                        ),
                        name="an_incident_ends_after_it_began",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=150)),
                ("lab", models.CharField(max_length=100)),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("hand", "Hand"),
                            ("schedule", "Schedule"),
                            ("session", "Session"),
                        ],
                        default="hand",
                        max_length=10,
                    ),
                ),
                ("began_at", models.DateTimeField(db_index=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("by", models.CharField(blank=True, default="", max_length=150)),
                (
                    "schedule",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="runs",
                        to="dashboard.runschedule",
                    ),
                ),
            ],
            options={
                "ordering": ["-began_at", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("origin", "schedule")),
                        fields=("origin", "schedule", "began_at"),
                        name="a_schedule_makes_each_run_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None), ("origin", "session")),
                        fields=("lab",),
                        name="one_session_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None),
                            ("ended_at__gte", models.F("began_at")),
                            _connector="OR",
                        ),
                        name="a_run_ends_after_it_began",
                    ),
                ],
            },
        ),
        migrations.RenameField("snapshot", "assessment", "body"),
        migrations.AddField(
            "snapshot", "step", models.CharField(blank=True, default="", max_length=63)
        ),
        migrations.AddField("snapshot", "step_since", models.DateTimeField(null=True)),
        migrations.AddField("snapshot", "pod_shapes", shared("podshapes", null=True)),
        migrations.AddField("snapshot", "surroundings", shared("surroundingset", null=True)),
        migrations.AddField("snapshot", "assessment", shared("storedassessment", null=True)),
    ]
