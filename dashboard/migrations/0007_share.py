"""What snapshots share moves into the tables of its own."""

from datetime import datetime
from typing import Any

from django.db import migrations

from netpol.canonical import compute_digest


def to_do(body: Any, summary: Any) -> str:
    """The step that what is in the way was said of: nothing was once all steps held."""
    told = (each for each in body.get("steps", ()) if not each["holds"])
    blocker = summary.get("blocker")
    return next((each["step"] for each in told if blocker and each["evidence"] == blocker), "")


def share(apps: Any, _: object) -> None:
    """Give each snapshot that there is its rows of the new tables."""
    shapes, assessments = (
        apps.get_model("dashboard", name) for name in ("PodShapes", "StoredAssessment")
    )
    last: dict[int, tuple[str, datetime]] = {}
    rows = apps.get_model("dashboard", "Snapshot").objects.order_by("first_seen", "pk")
    for snapshot in rows.iterator():
        step, namespace = to_do(snapshot.body, snapshot.summary), snapshot.namespace_id
        before, begun = last.get(namespace, ("", snapshot.first_seen))
        last[namespace] = step, begun if before == step else snapshot.first_seen
        pods = shapes(digest=compute_digest(snapshot.pods), shapes=snapshot.pods)
        content = [snapshot.body, snapshot.summary, snapshot.schema]
        assessment = assessments(
            digest=compute_digest(content),
            body=snapshot.body,
            summary=snapshot.summary | {"step": step},
            schema=snapshot.schema,
        )
        shapes.objects.bulk_create([pods], ignore_conflicts=True)
        assessments.objects.bulk_create([assessment], ignore_conflicts=True)
        snapshot.pod_shapes_id, snapshot.assessment_id = pods.digest, assessment.digest
        snapshot.step, snapshot.step_since = last[namespace]
        snapshot.save(update_fields=["pod_shapes", "assessment", "step", "step_since"])


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0006_history"),
    ]

    operations = [
        migrations.RunPython(share, migrations.RunPython.noop),
    ]
