"""Undos alone stand in the index that keeps them from being doubled: other facts undo nothing."""

import django.db.models.deletion
from django.db import migrations, models

_MAKE = """
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS undone_once ON review_reviewhistory (undoes_id)
WHERE undoes_id IS NOT NULL
"""
_UNMAKE = "DROP INDEX CONCURRENTLY IF EXISTS undone_once"
_CONSTRAINT = models.UniqueConstraint(
    fields=["undoes"], condition=models.Q(undoes__isnull=False), name="undone_once"
)
_UNDOES = models.ForeignKey(
    "review.reviewhistory",
    django.db.models.deletion.PROTECT,
    null=True,
    related_name="undos",
    db_constraint=False,
    db_index=False,
)


class Migration(migrations.Migration):
    """The new index comes first, beside those who write; then the old one goes."""

    atomic = False
    dependencies = [("review", "0004_exports")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(_MAKE, _UNMAKE)],
            state_operations=[migrations.AddConstraint("reviewhistory", _CONSTRAINT)],
        ),
        migrations.AlterField("reviewhistory", "undoes", _UNDOES),
        migrations.AlterField(
            "reviewschedule",
            "step",
            models.PositiveSmallIntegerField(help_text="The learning step it is in", null=True),
        ),
    ]
