from pathlib import Path

import review.fields
from django.db import migrations

_SQL = Path(review.fields.__file__).parent / "sql"


def create_watermark(apps, schema_editor):
    """From the beginning: the first fold takes every fact there is."""
    schema_editor.execute(
        "INSERT INTO review_readmodelwatermark "
        "(id, wm, history_base_id, adjustment_base_id, folded_at) VALUES (1, '0', 0, 0, now()) "
        "ON CONFLICT DO NOTHING"
    )


class Migration(migrations.Migration):
    # the last of those that these three stand for: docs/adr/0041
    replaces = [("review", "0014_group_categories")]
    dependencies = [("review", "0002_default_parameters")]

    operations = [
        migrations.RunPython(create_watermark, migrations.RunPython.noop),
        migrations.RunSQL((_SQL / "counted_fact.sql").read_text(), "DROP VIEW review_counted_fact"),
        migrations.RunSQL(
            (_SQL / "recent_day.sql").read_text(), "DROP MATERIALIZED VIEW review_recent_day"
        ),
        migrations.RunSQL(
            (_SQL / "streak.sql").read_text(), "DROP FUNCTION review_streak(bigint, date)"
        ),
        migrations.RunSQL(
            (_SQL / "figures.sql").read_text(), "DROP FUNCTION review_figures(bigint, date)"
        ),
    ]
