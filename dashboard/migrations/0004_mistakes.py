from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0003_diagnoses_hints_and_drafts"),
    ]

    operations = [
        migrations.AddField(
            model_name="snapshot",
            name="mistakes",
            field=models.JSONField(null=True),
        ),
    ]
