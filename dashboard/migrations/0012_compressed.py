"""What snapshots share, and diagnoses, are kept compressed: they are most of what is stored."""

from collections.abc import Callable
from typing import Any

from django.db import migrations, models

from dashboard.models.compressed import CompressedJSON

FIELDS = {
    "policyset": ("manifests",),
    "storedassessment": ("body",),
    "diagnosis": ("causes", "findings", "edits", "policies"),
}


def copy(take: str, give: str) -> Callable[[Any, object], None]:
    """Field by field, from the name with one ending to that with the other."""

    def copied(apps: Any, _: object) -> None:
        for name, fields in FIELDS.items():
            model = apps.get_model("dashboard", name)
            for row in model.objects.iterator(chunk_size=200):
                for field in fields:
                    setattr(row, f"{field}{give}", getattr(row, f"{field}{take}"))
                row.save(update_fields=[f"{field}{give}" for field in fields])

    return copied


def each(operation: Callable[[str, str], Any]) -> list[Any]:
    return [operation(name, field) for name, fields in FIELDS.items() for field in fields]


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0011_step_marks"),
    ]

    operations = [
        *each(lambda name, field: migrations.RenameField(name, field, f"{field}_plain")),
        *each(
            lambda name, field: migrations.AlterField(
                name, f"{field}_plain", models.JSONField(null=True)
            )
        ),
        *each(lambda name, field: migrations.AddField(name, field, CompressedJSON(null=True))),
        migrations.RunPython(copy("_plain", ""), copy("", "_plain")),
        *each(lambda name, field: migrations.AlterField(name, field, CompressedJSON())),
        *each(lambda name, field: migrations.RemoveField(name, f"{field}_plain")),
    ]
