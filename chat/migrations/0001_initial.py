import config.identifiers
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('chat', '0002_memory')]  # the last of those that this one stands for: docs/adr/0041

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Conversation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=config.identifiers.new_public_id, editable=False, unique=True)),
                ('title', models.CharField(blank=True, max_length=120)),
                ('message_count', models.PositiveIntegerField(default=0)),
                ('event_count', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('said_at', models.DateTimeField(help_text='When the last message was posted')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', '-id'], name='conversations_newest')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=config.identifiers.new_public_id, help_text='May be chosen by the client')),
                ('position', models.PositiveIntegerField(help_text='From 1')),
                ('role', models.CharField(choices=[('learner', 'Learner'), ('tutor', 'Tutor')], max_length=8)),
                ('intent', models.CharField(blank=True, choices=[('chat', 'Chat'), ('correction', 'Correction'), ('vocabulary', 'Vocabulary'), ('level_test', 'Level Test'), ('exam', 'Exam')], help_text='Empty: the tutor decides', max_length=12)),
                ('text', models.TextField(blank=True)),
                ('extras', models.JSONField(default=dict, help_text='What came with it: a correction, cards')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('writing', 'Writing'), ('done', 'Done'), ('cancelled', 'Cancelled'), ('cut', 'Cut')], max_length=10)),
                ('answered_by', models.CharField(blank=True, help_text="What a reply was made of, as models' answers say", max_length=8)),
                ('code', models.CharField(blank=True, help_text='Why a template stands in', max_length=40)),
                ('level', models.CharField(blank=True, help_text='CEFR; empty: not known', max_length=2)),
                ('level_share', models.FloatField(help_text="Of a reply's words, those at or below the learner's level", null=True)),
                ('writer', models.UUIDField(help_text='The delivery of the job that writes it now', null=True)),
                ('place', models.PositiveSmallIntegerField(default=0, help_text="In the models' queue; 0: none")),
                ('fact_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, help_text='What was remembered when it was written', size=None)),
                ('is_forgotten', models.BooleanField(default=False, help_text='Stands here for the learner, and in no prompt any more')),
                ('created_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('conversation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='chat.conversation')),
                ('reply_to', models.OneToOneField(help_text='What a reply answers', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='reply', to='chat.message')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('looked_at', models.DateTimeField(help_text="When a learner's message was graded and remembered", null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('looked_at', None), ('role', 'learner')), fields=['created_at'], name='messages_not_looked_at'), models.Index(condition=models.Q(('role', 'learner')), fields=['user', '-id'], name='learners_messages')],
                'constraints': [models.UniqueConstraint(fields=('user', 'public_id'), name='one_message_an_id'), models.UniqueConstraint(fields=('conversation', 'position'), name='one_message_a_position'), models.UniqueConstraint(condition=models.Q(('state__in', ('waiting', 'writing'))), fields=('conversation',), name='one_reply_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('message', 'Message'), ('chunk', 'Chunk'), ('end', 'End')], max_length=8)),
                ('text', models.TextField(blank=True)),
                ('created_at', models.DateTimeField()),
                ('conversation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='chat.conversation')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='chat.message')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('conversation', 'number'), name='one_event_a_number')],
            },
        ),
        migrations.CreateModel(
            name='Analysis',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=config.identifiers.new_public_id, editable=False, unique=True)),
                ('message_count', models.PositiveIntegerField(help_text="The learner's messages until then")),
                ('report', models.JSONField(help_text='Levels by week, mistakes, words: numbers and facts only')),
                ('created_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'analyses',
                'constraints': [models.UniqueConstraint(fields=('user', 'message_count'), name='one_analysis_a_hundred')],
            },
        ),
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=config.identifiers.new_public_id, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'batches',
            },
        ),
        migrations.CreateModel(
            name='BatchItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(help_text='From 1')),
                ('text', models.TextField()),
                ('answer', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('writing', 'Writing'), ('done', 'Done')], default='waiting', max_length=8)),
                ('answered_by', models.CharField(blank=True, max_length=8)),
                ('code', models.CharField(blank=True, help_text='Why a template stands in', max_length=40)),
                ('touched_at', models.DateTimeField(help_text='When it was sent off, begun or ended')),
                ('batch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='items', to='chat.batch')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ['waiting', 'writing'])), fields=['touched_at'], name='items_not_done')],
                'constraints': [models.UniqueConstraint(fields=('batch', 'position'), name='one_item_a_position')],
            },
        ),
        migrations.CreateModel(
            name='Fact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=config.identifiers.new_public_id, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('weak_word', 'Weak Word'), ('mistake', 'Mistake'), ('level', 'Level'), ('interest', 'Interest')], max_length=10)),
                ('subject', models.CharField(help_text='By which it is known again, lower case', max_length=80)),
                ('text', models.CharField(help_text='As it is shown, and told to the model', max_length=200)),
                ('count', models.PositiveIntegerField(default=1, help_text='How often it was met')),
                ('is_own', models.BooleanField(default=False, help_text='The learner wrote it: it stays so')),
                ('created_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(help_text='When it was met last')),
                ('message', models.ForeignKey(help_text='Where it was met last', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='chat.message')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'kind', 'subject'), name='one_fact_a_subject')],
            },
        ),
        migrations.CreateModel(
            name='ForgottenFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject_sha256', models.CharField(help_text='Of kind and subject', max_length=64)),
                ('forgotten_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'subject_sha256'), name='forgotten_once')],
            },
        ),
    ]
