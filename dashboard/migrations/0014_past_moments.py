"""Marks that were taken back stay."""

from django.db import migrations, models

MARKED = ("taken_back_at", None)


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0013_changes_of_the_class"),
    ]

    operations = [
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
    ]
