import config.identifiers
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('ocr', '0003_crop')]  # the last of those that this one stands for: docs/adr/0041

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('jobs', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Scan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=config.identifiers.new_public_id, editable=False, unique=True)),
                ('file', models.FileField(max_length=200, upload_to='')),
                ('file_name', models.CharField(blank=True, help_text='As the learner named it', max_length=200)),
                ('sha256', models.CharField(max_length=64)),
                ('media_type', models.CharField(max_length=60)),
                ('byte_count', models.PositiveIntegerField()),
                ('language', models.CharField(default='auto', max_length=12)),
                ('confidence_threshold', models.FloatField(default=0.5)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('job', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='jobs.job')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scans', to=settings.AUTH_USER_MODEL)),
                ('mode', models.CharField(db_default='text', default='text', max_length=12)),
                ('page_count', models.PositiveSmallIntegerField(db_default=1, default=1)),
                ('rotate', models.PositiveSmallIntegerField(db_default=0, default=0, help_text='Degrees clockwise, before anything is read')),
                ('use_angle_cls', models.BooleanField(db_default=True, default=True)),
                ('crop', models.CharField(blank=True, db_default='', default='', help_text='left,top,right,bottom as parts of the page once it is turned; empty for all', max_length=40)),
            ],
            options={
                'indexes': [models.Index(fields=['user', '-id'], name='ocr_scan_user_id_b0efb3_idx'), models.Index(fields=['sha256', 'user'], name='scan_by_content')],
            },
        ),
        migrations.CreateModel(
            name='Page',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(help_text='From 1')),
                ('width', models.PositiveIntegerField()),
                ('height', models.PositiveIntegerField()),
                ('full_text', models.TextField(blank=True, help_text='The lines in reading order, paragraphs apart')),
                ('engine_version', models.CharField(max_length=100)),
                ('read_ms', models.PositiveIntegerField(help_text='Time the model server took')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('scan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pages', to='ocr.scan')),
                ('error_code', models.CharField(blank=True, db_default='', default='', help_text='Empty when it was read', max_length=60)),
                ('error_detail', models.TextField(blank=True, db_default='', default='')),
                ('quarter_turns', models.PositiveSmallIntegerField(db_default=0, default=0, help_text='How far the page was turned clockwise to be read')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('scan', 'number'), name='one_page_a_number')],
            },
        ),
        migrations.CreateModel(
            name='TextLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField(help_text='In reading order, from 0')),
                ('text', models.TextField()),
                ('confidence', models.FloatField(help_text='0-1')),
                ('polygon', models.JSONField(help_text='[[x, y], ...] in pixels of the upright, cut page, clockwise from top left')),
                ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='ocr.page')),
                ('problem', models.CharField(blank=True, db_default='', default='', help_text='Why not all of the line could be read', max_length=40)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('page', 'position'), name='one_line_a_position')],
            },
        ),
        migrations.CreateModel(
            name='Word',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=config.identifiers.new_public_id, editable=False, unique=True)),
                ('lemma', models.CharField(max_length=100)),
                ('forms', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), help_text='As printed, in order of appearance', size=None)),
                ('occurrence_count', models.PositiveIntegerField(default=1)),
                ('level', models.CharField(blank=True, help_text='CEFR, A1-C2; empty when unknown', max_length=2)),
                ('frequency', models.FloatField(help_text='Zipf scale: log10 of occurrences in a billion words')),
                ('sentence', models.TextField(blank=True)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='words', to='ocr.textline')),
                ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='words', to='ocr.page')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('page', 'lemma'), name='one_word_a_lemma')],
            },
        ),
    ]
