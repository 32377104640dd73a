"""Drafts get a key that nobody can guess. None was ever kept: no page could."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0003_diagnoses_hints_and_drafts"),
    ]

    operations = [
        migrations.DeleteModel(name="Draft"),
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("text", models.TextField()),
                ("replaces", models.BooleanField(default=False)),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                (
                    "namespace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to="dashboard.namespace",
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
    ]
