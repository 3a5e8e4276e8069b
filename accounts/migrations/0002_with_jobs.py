import config.identifiers
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('accounts', '0009_groups')]  # the last of those that this one stands for: docs/adr/0041

    dependencies = [
        ('accounts', '0001_initial'),
        ('jobs', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Avatar',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='avatar', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('version', models.UUIDField(default=config.identifiers.new_public_id, help_text='Of the upload that counts')),
                ('upload', models.FileField(blank=True, help_text='Until the sizes are made', max_length=200, upload_to='')),
                ('small', models.FileField(blank=True, max_length=200, upload_to='')),
                ('medium', models.FileField(blank=True, max_length=200, upload_to='')),
                ('large', models.FileField(blank=True, max_length=200, upload_to='')),
                ('uploaded_at', models.DateTimeField()),
                ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='jobs.job')),
            ],
        ),
        migrations.CreateModel(
            name='DataArchive',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=config.identifiers.new_public_id, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('export', 'Export'), ('import', 'Import')], max_length=6)),
                ('file', models.FileField(blank=True, help_text='Empty before, and after a week', max_length=200, upload_to='')),
                ('byte_count', models.PositiveBigIntegerField(default=0)),
                ('counts', models.JSONField(default=dict, help_text='Rows by model')),
                ('cursor', models.JSONField(default=dict, help_text='How far a way in is')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('job', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='jobs.job')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', '-id'], name='archive_newest')],
            },
        ),
        migrations.CreateModel(
            name='Payout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=config.identifiers.new_public_id, editable=False, unique=True)),
                ('name', models.CharField(help_text='What it is for', max_length=100)),
                ('xp', models.PositiveIntegerField()),
                ('learner_count', models.PositiveIntegerField(default=0, help_text='Learners to be paid')),
                ('paid_count', models.PositiveIntegerField(default=0)),
                ('paid_up_to', models.BigIntegerField(default=0, help_text='Key of the last learner paid')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('job', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='jobs.job')),
            ],
        ),
    ]
