from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='DeadLetter',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('handler', models.CharField(max_length=200)),
                ('event_type', models.CharField(max_length=200)),
                ('event', models.JSONField(help_text='The envelope')),
                ('attempts', models.PositiveIntegerField()),
                ('error', models.TextField()),
                ('failed_at', models.DateTimeField(auto_now_add=True)),
                ('replayed_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ProcessedEvent',
            fields=[
                ('pk', models.CompositePrimaryKey('handler', 'event_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('handler', models.CharField(max_length=200)),
                ('event_id', models.UUIDField()),
                ('processed_at', models.DateTimeField(auto_now_add=True, db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='OutboxEntry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('events', models.JSONField(help_text='Envelopes: id, type, version, data')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('published_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name_plural': 'outbox entries',
                'indexes': [models.Index(condition=models.Q(('published_at', None)), fields=['id'], name='outbox_unpublished'), models.Index(fields=['published_at'], name='outbox_published')],
            },
        ),
    ]
