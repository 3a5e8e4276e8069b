from pathlib import Path

import review.fields
from django.db import migrations, models

_SQL = Path(review.fields.__file__).parent / "sql"
_COUNT_ALL = """
UPDATE review_userday AS day SET run_days = wanted.run_days FROM wanted
WHERE day.user_id = wanted.user_id AND day.local_day = wanted.local_day
"""


def count_runs(apps, schema_editor):
    """What the fold will keep from now on."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT user_id, min(local_day) FROM review_userday GROUP BY 1")
        rows = cursor.fetchall()
        if rows:
            users, days = zip(*rows, strict=True)
            cursor.execute(
                (_SQL / "runs.sql").read_text() + _COUNT_ALL,
                {"users": list(users), "days": list(days)},
            )


class Migration(migrations.Migration):
    dependencies = [("review", "0004_leeches")]

    operations = [
        migrations.AddField(
            model_name="userday",
            name="run_days",
            field=models.IntegerField(
                db_default=0,
                default=0,
                help_text="How many days with a review in a row end with this one",
            ),
        ),
        migrations.RunPython(count_runs, migrations.RunPython.noop),
        migrations.RunSQL(
            (_SQL / "streak.sql").read_text(), "DROP FUNCTION review_streak(bigint, date)"
        ),
        migrations.RunSQL(
            (_SQL / "figures.sql").read_text(), "DROP FUNCTION review_figures(bigint, date)"
        ),
    ]
