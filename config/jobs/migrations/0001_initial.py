import config.identifiers
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('jobs', '0002_result')]  # the last of those that this one stands for: docs/adr/0041

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=config.identifiers.new_public_id, editable=False, unique=True)),
                ('task', models.CharField(help_text='Dotted name of the Celery task', max_length=200)),
                ('arguments', models.JSONField(default=dict, help_text='Keyword arguments of the task: ids only')),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('succeeded', 'Succeeded'), ('failed', 'Failed')], default='queued', max_length=12)),
                ('stage', models.CharField(blank=True, help_text='What is being done now, for a person', max_length=60)),
                ('percent', models.PositiveSmallIntegerField(default=0)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('attempts_max', models.PositiveSmallIntegerField(default=3)),
                ('lease', models.UUIDField(help_text='The delivery that works on it now', null=True)),
                ('heartbeat_at', models.DateTimeField(help_text='Last sign of life, or of dispatch', null=True)),
                ('error_code', models.CharField(blank=True, max_length=60)),
                ('error_detail', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('result', models.JSONField(help_text='What came of it, for the learner', null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ['queued', 'running'])), fields=['heartbeat_at'], name='job_unfinished')],
            },
        ),
    ]
