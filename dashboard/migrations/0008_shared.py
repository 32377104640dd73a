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
        ("dashboard", "0007_share"),
    ]

    operations = [
        migrations.AlterField("snapshot", "step_since", models.DateTimeField()),
        migrations.AlterField("snapshot", "pod_shapes", shared("podshapes")),
        migrations.AlterField("snapshot", "assessment", shared("storedassessment")),
        migrations.RemoveField("snapshot", "body"),
        migrations.RemoveField("snapshot", "pods"),
        migrations.RemoveField("snapshot", "summary"),
        migrations.RemoveField("snapshot", "schema"),
    ]
