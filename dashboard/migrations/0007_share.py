"""What snapshots share moves into the tables of its own."""

from typing import Any

from django.db import migrations

from netpol.canonical import digest


def share(apps: Any, _: object) -> None:
    """Give each snapshot that there is its rows of the new tables."""
    shapes, assessments = (
        apps.get_model("dashboard", name) for name in ("PodShapes", "StoredAssessment")
    )
    for snapshot in apps.get_model("dashboard", "Snapshot").objects.order_by("pk").iterator():
        pods = shapes(digest=digest(snapshot.pods), shapes=snapshot.pods)
        content = [snapshot.body, snapshot.summary, snapshot.schema]
        assessment = assessments(
            digest=digest(content),
            body=snapshot.body,
            summary=snapshot.summary | {"step": ""},
            schema=snapshot.schema,
        )
        shapes.objects.bulk_create([pods], ignore_conflicts=True)
        assessments.objects.bulk_create([assessment], ignore_conflicts=True)
        snapshot.pod_shapes_id, snapshot.assessment_id = pods.digest, assessment.digest
        snapshot.step_since = snapshot.first_seen
        snapshot.save(update_fields=["pod_shapes", "assessment", "step_since"])


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0006_history"),
    ]

    operations = [
        migrations.RunPython(share, migrations.RunPython.noop),
    ]
