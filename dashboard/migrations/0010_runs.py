from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0009_outages"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="run",
            constraint=models.UniqueConstraint(
                fields=["lab", "began_at"],
                condition=models.Q(origin="session"),
                name="a_session_begins_once",
            ),
        ),
    ]
