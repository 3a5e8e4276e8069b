"""The questions of the level test, as the files have them; later ones come by load_item_bank."""

from django.db import migrations

from exams.item_bank import written_items


def load(apps, schema_editor):
    LevelItem = apps.get_model("exams", "LevelItem")
    LevelItem.objects.bulk_create(
        [
            LevelItem(
                code=item.code,
                level=item.level,
                kind=item.kind.value,
                target=item.target,
                passage=item.passage,
                stem=item.stem,
                options=list(item.options),
                key=item.key,
                difficulty=item.expected_difficulty,
            )
            for item in written_items()
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("exams", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop, elidable=False)]
