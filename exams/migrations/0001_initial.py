import config.identifiers
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from exams.item_bank import written_items


def load_bank(apps, schema_editor):
    """The questions of the level test, as the files have them; later ones come by load_item_bank."""
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
        ]
    )


class Migration(migrations.Migration):

    replaces = [('exams', '0006_shares')]  # the last of those that this one stands for: docs/adr/0041

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LevelItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(help_text='As in the files: B1-V-07', max_length=12, unique=True)),
                ('level', models.CharField(choices=[('A1', 'A1'), ('A2', 'A2'), ('B1', 'B1'), ('B2', 'B2'), ('C1', 'C1'), ('C2', 'C2')], max_length=2)),
                ('kind', models.CharField(choices=[('vocabulary', 'vocabulary'), ('grammar', 'grammar'), ('reading', 'reading')], max_length=10)),
                ('target', models.CharField(help_text='The word or the rule it is about', max_length=60)),
                ('passage', models.TextField(blank=True, help_text='What is to be read first')),
                ('stem', models.TextField(help_text='The question, or a sentence with a gap: ___')),
                ('options', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), size=4)),
                ('key', models.PositiveSmallIntegerField(help_text='Index of the right option, from 0')),
                ('is_withdrawn', models.BooleanField(db_default=False, default=False, help_text='Asked no more; its answers still count')),
                ('difficulty', models.FloatField(help_text="On the scale of abilities: the level's, then as answers show it")),
                ('difficulty_error', models.FloatField(db_default=0.6, default=0.6, help_text='Standard error of the difficulty')),
                ('answer_count', models.PositiveIntegerField(db_default=0, default=0)),
                ('right_count', models.PositiveIntegerField(db_default=0, default=0)),
                ('unknown_count', models.PositiveIntegerField(db_default=0, default=0)),
                ('discrimination', models.FloatField(blank=True, help_text='Correlation of being right with the ability', null=True)),
                ('estimated_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('key__lt', 4)), name='level_item_key_is_an_option')],
            },
        ),
        migrations.CreateModel(
            name='LevelTest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=config.identifiers.new_public_id, editable=False, unique=True)),
                ('state', models.CharField(choices=[('open', 'Open'), ('finished', 'Finished'), ('unfinished', 'Unfinished')], default='open', max_length=10)),
                ('started_at', models.DateTimeField()),
                ('closes_at', models.DateTimeField(help_text='No answer counts that comes later')),
                ('ended_at', models.DateTimeField(null=True)),
                ('answer_count', models.PositiveSmallIntegerField(default=0)),
                ('question_id', models.UUIDField(help_text='The question that is asked now, as the learner names it', null=True)),
                ('asked_at', models.DateTimeField(null=True)),
                ('level', models.CharField(blank=True, choices=[('A1', 'A1'), ('A2', 'A2'), ('B1', 'B1'), ('B2', 'B2'), ('C1', 'C1'), ('C2', 'C2')], default='', max_length=2)),
                ('ability', models.FloatField(null=True)),
                ('standard_error', models.FloatField(null=True)),
                ('probabilities', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), blank=True, default=list, help_text='Of A1, A2, B1, B2, C1, C2', size=None)),
                ('item', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.levelitem')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', '-id'], name='level_tests_newest'), models.Index(condition=models.Q(('state', 'open')), fields=['closes_at'], name='open_level_tests')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('question_id__isnull', False)), fields=('user',), name='one_open_level_test'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='level_test_ends_once')],
            },
        ),
        migrations.CreateModel(
            name='LevelAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=config.identifiers.new_public_id, help_text='May be chosen by the client')),
                ('position', models.PositiveSmallIntegerField(help_text='From 1')),
                ('question_id', models.UUIDField()),
                ('option', models.PositiveSmallIntegerField(help_text="Index of the option chosen; null: I don't know", null=True)),
                ('is_right', models.BooleanField()),
                ('asked_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField()),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.levelitem')),
                ('test', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='exams.leveltest')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'public_id'), name='one_level_answer_an_id'), models.UniqueConstraint(fields=('test', 'position'), name='one_answer_a_position'), models.CheckConstraint(condition=models.Q(models.Q(('is_right', False), ('option', None)), ('option__lt', 4), _connector='OR'), name='level_answer_is_an_option')],
                'triggers': [pgtrigger.compiler.Trigger(name='no_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='5eb2d0e566be8324e35a942e2bfd70320927a07a', operation='UPDATE', pgid='pgtrigger_no_update_a15fe', table='exams_levelanswer', when='BEFORE')), pgtrigger.compiler.Trigger(name='no_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('resee.erasing_user', true) IS DISTINCT FROM OLD.user_id::text THEN RAISE EXCEPTION 'facts are append-only'; END IF; RETURN OLD;", hash='861204ab6679fb989996b95d744a210440e077f6', operation='DELETE', pgid='pgtrigger_no_delete_2fc6a', table='exams_levelanswer', when='BEFORE')), pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'facts are append-only';", hash='cc20a4e7b0487204c7d774789b7c46aa68850a3e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_0c246', table='exams_levelanswer', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='ExamPlan',
            fields=[
                ('category_id', models.UUIDField(blank=True, help_text='With all categories below it', null=True)),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None)),
                ('choice', models.CharField(choices=[('due', 'Due'), ('weak', 'Weak'), ('recent', 'Recent'), ('all', 'All')], default='all', max_length=6)),
                ('size', models.PositiveSmallIntegerField(default=20, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(50)])),
                ('minutes', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(180)])),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('cloze', 'cloze'), ('multiple_choice', 'multiple_choice'), ('matching', 'matching'), ('typing', 'typing'), ('open', 'open'), ('listening', 'listening')], max_length=16), blank=True, default=list, size=None)),
                ('with_model', models.BooleanField(db_default=False, default=False, help_text='A model writes sentences, if one answers')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Exam',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category_id', models.UUIDField(blank=True, help_text='With all categories below it', null=True)),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None)),
                ('choice', models.CharField(choices=[('due', 'Due'), ('weak', 'Weak'), ('recent', 'Recent'), ('all', 'All')], default='all', max_length=6)),
                ('size', models.PositiveSmallIntegerField(default=20, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(50)])),
                ('minutes', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(180)])),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('cloze', 'cloze'), ('multiple_choice', 'multiple_choice'), ('matching', 'matching'), ('typing', 'typing'), ('open', 'open'), ('listening', 'listening')], max_length=16), blank=True, default=list, size=None)),
                ('with_model', models.BooleanField(db_default=False, default=False, help_text='A model writes sentences, if one answers')),
                ('public_id', models.UUIDField(default=config.identifiers.new_public_id, editable=False, unique=True)),
                ('week_on', models.DateField(blank=True, help_text='The Monday of its week; empty for one made on demand', null=True)),
                ('job_id', models.UUIDField(help_text='The job by which a model writes sentences', null=True)),
                ('created_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('shared_from', models.ForeignKey(help_text="A teacher's, for a group", null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='exams.exam')),
            ],
            options={
                'indexes': [models.Index(fields=['user', '-id'], name='exams_newest')],
                'constraints': [models.UniqueConstraint(fields=('user', 'week_on'), name='one_weekly_exam_a_week'), models.UniqueConstraint(condition=models.Q(('shared_from__isnull', False)), fields=('user', 'shared_from'), name='one_copy_a_learner')],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=config.identifiers.new_public_id, editable=False, unique=True)),
                ('position', models.PositiveSmallIntegerField(help_text='From 1')),
                ('kind', models.CharField(choices=[('cloze', 'cloze'), ('multiple_choice', 'multiple_choice'), ('matching', 'matching'), ('typing', 'typing'), ('open', 'open'), ('listening', 'listening')], max_length=16)),
                ('card_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, help_text='The cards it is about', size=None)),
                ('words', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, help_text='Their fronts', size=None)),
                ('meanings', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, help_text='Their meanings', size=None)),
                ('stem', models.TextField(blank=True, help_text='A meaning, or a sentence with a gap: ___')),
                ('hint', models.TextField(blank=True)),
                ('prompts', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None)),
                ('options', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None)),
                ('key', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, help_text='Index of the right option; when matching one for each prompt', size=None)),
                ('accepted', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, help_text='What counts when it is typed', size=None)),
                ('level', models.CharField(blank=True, max_length=2)),
                ('source', models.CharField(choices=[('template', 'Template'), ('model', 'Model')], max_length=8)),
                ('model', models.CharField(blank=True, help_text='Which model wrote it', max_length=100)),
                ('prompt', models.CharField(blank=True, help_text='By which prompt: name.version', max_length=40)),
                ('checks', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, help_text='What the validator looked at', size=None)),
                ('is_for_model', models.BooleanField(db_default=False, default=False, help_text='A model is still to write a sentence for it')),
                ('reported_at', models.DateTimeField(blank=True, null=True)),
                ('report', models.CharField(blank=True, help_text='What the learner says', max_length=500)),
                ('withdrawn_at', models.DateTimeField(blank=True, help_text='It is asked no more and counts no more', null=True)),
                ('changed_at', models.DateTimeField(blank=True, help_text='When it was last withdrawn or given back', null=True)),
                ('exam', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='exams.exam')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tries', models.PositiveSmallIntegerField(db_default=0, default=0, help_text='Sentences a model wrote until one was good, or none')),
                ('heard', models.TextField(blank=True, db_default='', help_text='What is read aloud: the key')),
                ('sounds', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, db_default=[], default=list, help_text='How the options sound, where the right one is heard', size=None)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('changed_at__isnull', False)), fields=['changed_at'], name='questions_changed')],
                'constraints': [models.UniqueConstraint(fields=('exam', 'position'), name='one_question_a_position')],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=config.identifiers.new_public_id, editable=False, unique=True)),
                ('state', models.CharField(choices=[('open', 'Open'), ('finished', 'Finished')], default='open', max_length=8)),
                ('started_at', models.DateTimeField()),
                ('closes_at', models.DateTimeField(help_text='No answer counts that comes later')),
                ('ended_at', models.DateTimeField(null=True)),
                ('asked_at', models.DateTimeField(null=True)),
                ('answer_count', models.PositiveSmallIntegerField(default=0)),
                ('question_count', models.PositiveSmallIntegerField(help_text='That count, graded or not', null=True)),
                ('ungraded_count', models.PositiveSmallIntegerField(default=0)),
                ('points', models.FloatField(help_text='0 to 1 a question that is graded', null=True)),
                ('scored_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('exam', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='exams.exam')),
                ('question', models.ForeignKey(help_text='What is asked now', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.question')),
            ],
            options={
                'indexes': [models.Index(fields=['user', '-id'], name='attempts_newest'), models.Index(condition=models.Q(('state', 'open')), fields=['closes_at'], name='open_attempts')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('question__isnull', False)), fields=('user',), name='one_open_attempt'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='attempt_ends_once')],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=config.identifiers.new_public_id, help_text='May be chosen by the client')),
                ('position', models.PositiveSmallIntegerField(help_text='From 1')),
                ('chosen', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, help_text='Index of the option; when matching one for each prompt', size=None)),
                ('text', models.TextField(blank=True, default='')),
                ('asked_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField()),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('attempt', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='exams.attempt')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.question')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'public_id'), name='one_exam_answer_an_id'), models.UniqueConstraint(fields=('attempt', 'position'), name='one_exam_answer_a_position')],
                'triggers': [pgtrigger.compiler.Trigger(name='no_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='ffb0d2d812d17412cb6a5113342ff0bc122ff563', operation='UPDATE', pgid='pgtrigger_no_update_48021', table='exams_answer', when='BEFORE')), pgtrigger.compiler.Trigger(name='no_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('resee.erasing_user', true) IS DISTINCT FROM OLD.user_id::text THEN RAISE EXCEPTION 'facts are append-only'; END IF; RETURN OLD;", hash='8b16566a47b1cb3111ea36c51ae3cbcdbe118aee', operation='DELETE', pgid='pgtrigger_no_delete_c06f0', table='exams_answer', when='BEFORE')), pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'facts are append-only';", hash='a2225f82b20ce95c5a38bd40e2e093ed1084147b', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_e285e', table='exams_answer', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=config.identifiers.new_public_id, editable=False, unique=True)),
                ('text', models.TextField(help_text="Why, in the learner's words")),
                ('state', models.CharField(choices=[('open', 'Open'), ('accepted', 'Accepted'), ('rejected', 'Rejected')], default='open', max_length=8)),
                ('created_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('answer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='appeal', to='exams.answer')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Grading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('grader', models.CharField(choices=[('rules', 'Rules'), ('keywords', 'Keywords'), ('model', 'Model'), ('staff', 'Staff')], max_length=8)),
                ('verdict', models.CharField(choices=[('right', 'right'), ('typo', 'typo'), ('form', 'form'), ('partial', 'partial'), ('wrong', 'wrong'), ('skipped', 'skipped')], max_length=8)),
                ('points', models.FloatField(help_text='0 to 1')),
                ('missed', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, help_text='Cards that were not known', size=None)),
                ('model', models.CharField(blank=True, max_length=100)),
                ('prompt', models.CharField(blank=True, help_text='name.version', max_length=40)),
                ('confidence', models.FloatField(help_text="The model's own, 0 to 1", null=True)),
                ('opinion_count', models.PositiveSmallIntegerField(default=1)),
                ('is_uncertain', models.BooleanField(db_default=False, default=False)),
                ('feedback', models.TextField(blank=True)),
                ('created_at', models.DateTimeField()),
                ('answer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gradings', to='exams.answer')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'triggers': [pgtrigger.compiler.Trigger(name='no_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='bc0c455f950f7045ce66aaa8dde2df52d6e8e958', operation='UPDATE', pgid='pgtrigger_no_update_1f4df', table='exams_grading', when='BEFORE')), pgtrigger.compiler.Trigger(name='no_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('resee.erasing_user', true) IS DISTINCT FROM OLD.user_id::text THEN RAISE EXCEPTION 'facts are append-only'; END IF; RETURN OLD;", hash='00d5c9d5d54af12bf5a7ec606f4487204297d32b', operation='DELETE', pgid='pgtrigger_no_delete_58028', table='exams_grading', when='BEFORE')), pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'facts are append-only';", hash='6932e0f1f90d054fb3f209a84a55e5aaf9dd586a', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_63a81', table='exams_grading', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='ExamShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shared_at', models.DateTimeField()),
                ('exam', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='exams.exam')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.learnergroup')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('group', 'exam'), name='one_share_a_group')],
            },
        ),
        migrations.RunPython(load_bank, migrations.RunPython.noop),
    ]
