"""Events are kept as the text they came as, uncompressed: they are soon sent, and soon gone."""

from django.db import migrations

from config.outbox.fields import JSONTextField

_PLAIN = """
ALTER TABLE outbox_outboxentry
    ALTER COLUMN events SET DATA TYPE json, ALTER COLUMN events SET STORAGE EXTERNAL
"""
_PARSED = """
ALTER TABLE outbox_outboxentry
    ALTER COLUMN events SET DATA TYPE jsonb, ALTER COLUMN events SET STORAGE EXTENDED
"""
_EVENTS = JSONTextField(help_text="Envelopes: id, type, version, data")


class Migration(migrations.Migration):
    """The table is written anew: it holds no more than some days' events."""

    dependencies = [("outbox", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(_PLAIN, _PARSED)],
            state_operations=[migrations.AlterField("outboxentry", "events", _EVENTS)],
        ),
    ]
