"""The parameters a learner has who chose none: FSRS-6's own."""

import fsrs
from django.db import migrations


def create(apps, schema_editor):
    apps.get_model("review", "SchedulingParameters").objects.get_or_create(
        pk=1,
        defaults={
            "user": None,
            "weights": list(fsrs.scheduler.DEFAULT_PARAMETERS),
            "learning_steps_seconds": [60, 600],
            "relearning_steps_seconds": [600],
        },
    )
    schema_editor.execute(
        "SELECT setval(pg_get_serial_sequence('review_schedulingparameters', 'id'), 1)"
    )


class Migration(migrations.Migration):
    dependencies = [("review", "0001_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
