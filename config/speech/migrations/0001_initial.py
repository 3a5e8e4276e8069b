import config.identifiers
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('jobs', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Speech',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=config.identifiers.new_public_id, editable=False, unique=True)),
                ('purpose', models.CharField(choices=[('own', 'Own'), ('exam', 'Exam')], max_length=4)),
                ('sha256', models.CharField(db_index=True, max_length=64)),
                ('text', models.CharField(max_length=500)),
                ('voice', models.CharField(choices=[('en-us', 'en-us'), ('en-gb', 'en-gb'), ('ko', 'ko')], max_length=5)),
                ('speed', models.CharField(choices=[('slow', 'slow'), ('normal', 'normal'), ('fast', 'fast')], max_length=6)),
                ('created_at', models.DateTimeField()),
                ('asked_at', models.DateTimeField(db_index=True, help_text='When it was last asked for')),
                ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='jobs.job')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'speech',
                'constraints': [models.UniqueConstraint(fields=('user', 'purpose', 'sha256'), name='one_speech_a_learner')],
            },
        ),
    ]
