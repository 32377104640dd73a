from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0004_drafts_by_key"),
    ]

    operations = [
        migrations.AddField(
            model_name="snapshot",
            name="mistakes",
            field=models.JSONField(null=True),
        ),
    ]
