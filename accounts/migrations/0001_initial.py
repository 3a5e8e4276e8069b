import accounts.models
import config.identifiers
import django.core.validators
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('public_id', models.UUIDField(default=config.identifiers.new_public_id, editable=False, unique=True)),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('name', models.CharField(blank=True, max_length=100)),
                ('is_staff', models.BooleanField(default=False)),
                ('is_active', models.BooleanField(default=True)),
                ('joined_at', models.DateTimeField(auto_now_add=True)),
                ('token_version', models.PositiveIntegerField(default=0)),
                ('native_language', models.CharField(default='ko', max_length=12, validators=[accounts.models.check_language])),
                ('target_language', models.CharField(default='en', max_length=12, validators=[accounts.models.check_language])),
                ('time_zone', models.CharField(default='Asia/Seoul', max_length=64, validators=[accounts.models.check_time_zone])),
                ('rollover_hour', models.PositiveSmallIntegerField(default=4, help_text="Hour at which the learner's own day begins", validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(6)])),
                ('role', models.CharField(choices=[('learner', 'learner'), ('teacher', 'teacher'), ('support', 'support'), ('admin', 'admin')], db_default='learner', default='learner', max_length=8)),
                ('level', models.CharField(blank=True, db_default='', default='', help_text='CEFR, as last measured', max_length=2)),
                ('level_measured_at', models.DateTimeField(blank=True, null=True)),
                ('daily_goal', models.PositiveSmallIntegerField(db_default=20, default=20, help_text='Reviews the learner wants to do a day', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000)])),
                ('reminder_hour', models.PositiveSmallIntegerField(blank=True, db_default=19, default=19, help_text='Wall-clock hour of the daily reminder; empty for none', null=True, validators=[django.core.validators.MaxValueValidator(23)])),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('rollover_hour__lte', 6)), name='rollover_hour_0_to_6')],
                'triggers': [pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (current_setting('pghistory.context_id', true) <> '')", func='INSERT INTO "accounts_userchange" ("email", "is_active", "is_staff", "is_superuser", "name", "native_language", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "rollover_hour", "target_language", "time_zone") VALUES (NEW."email", NEW."is_active", NEW."is_staff", NEW."is_superuser", NEW."name", NEW."native_language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."role", NEW."rollover_hour", NEW."target_language", NEW."time_zone"); RETURN NULL;', hash='959967bf79b4ae35559f1e70254ae8f7d3486469', operation='INSERT', pgid='pgtrigger_added_insert_b6992', table='accounts_user', when='AFTER')), pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (current_setting(\'pghistory.context_id\', true) <> \'\' AND ((OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_staff" IS DISTINCT FROM (NEW."is_staff") OR OLD."is_superuser" IS DISTINCT FROM (NEW."is_superuser") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."native_language" IS DISTINCT FROM (NEW."native_language") OR OLD."role" IS DISTINCT FROM (NEW."role") OR OLD."rollover_hour" IS DISTINCT FROM (NEW."rollover_hour") OR OLD."target_language" IS DISTINCT FROM (NEW."target_language") OR OLD."time_zone" IS DISTINCT FROM (NEW."time_zone"))))', func='INSERT INTO "accounts_userchange" ("email", "is_active", "is_staff", "is_superuser", "name", "native_language", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "rollover_hour", "target_language", "time_zone") VALUES (NEW."email", NEW."is_active", NEW."is_staff", NEW."is_superuser", NEW."name", NEW."native_language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."role", NEW."rollover_hour", NEW."target_language", NEW."time_zone"); RETURN NULL;', hash='2222de3212f59861332684575db07bad52b9f13d', operation='UPDATE', pgid='pgtrigger_changed_update_1bd15', table='accounts_user', when='AFTER')), pgtrigger.compiler.Trigger(name='deleted_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (current_setting('pghistory.context_id', true) <> '')", func='INSERT INTO "accounts_userchange" ("email", "is_active", "is_staff", "is_superuser", "name", "native_language", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "rollover_hour", "target_language", "time_zone") VALUES (OLD."email", OLD."is_active", OLD."is_staff", OLD."is_superuser", OLD."name", OLD."native_language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'deleted\', OLD."id", OLD."role", OLD."rollover_hour", OLD."target_language", OLD."time_zone"); RETURN NULL;', hash='57c8545cf782c47b99d10683075719e6480ac628', operation='DELETE', pgid='pgtrigger_deleted_delete_303ff', table='accounts_user', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='UserChange',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('email', models.EmailField(max_length=254)),
                ('name', models.CharField(blank=True, max_length=100)),
                ('role', models.CharField(choices=[('learner', 'learner'), ('teacher', 'teacher'), ('support', 'support'), ('admin', 'admin')], db_default='learner', default='learner', max_length=8)),
                ('is_active', models.BooleanField(default=True)),
                ('is_staff', models.BooleanField(default=False)),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('native_language', models.CharField(default='ko', max_length=12, validators=[accounts.models.check_language])),
                ('target_language', models.CharField(default='en', max_length=12, validators=[accounts.models.check_language])),
                ('time_zone', models.CharField(default='Asia/Seoul', max_length=64, validators=[accounts.models.check_time_zone])),
                ('rollover_hour', models.PositiveSmallIntegerField(default=4, help_text="Hour at which the learner's own day begins", validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(6)])),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f64833e68261542e457a7038969f1335af4847db', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_97b47', table='accounts_userchange', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=config.identifiers.new_public_id, editable=False, unique=True)),
                ('refresh_jti', models.UUIDField()),
                ('user_agent', models.CharField(blank=True, max_length=200)),
                ('ip', models.GenericIPAddressField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('last_used_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='devices', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='NotificationSettings',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='notifications', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('is_reminded', models.BooleanField(default=True, help_text="A reminder at the learner's hour")),
                ('has_weekly_report', models.BooleanField(default=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'verbose_name_plural': 'notification settings',
            },
        ),
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='erasure', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('requested_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='RewardBalance',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('xp', models.BigIntegerField(default=0)),
                ('review_count', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='RewardDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('local_day', models.DateField()),
                ('review_count', models.IntegerField(default=0)),
                ('xp', models.IntegerField(default=0)),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'local_day'), name='one_reward_day')],
            },
        ),
        migrations.CreateModel(
            name='RewardEntry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('key', models.CharField(help_text='For what: once a learner', max_length=100)),
                ('kind', models.CharField(choices=[('review', 'Review'), ('undo', 'Undo'), ('mission', 'Mission'), ('achievement', 'Achievement'), ('payout', 'Payout')], max_length=12)),
                ('xp', models.IntegerField()),
                ('review_count', models.SmallIntegerField(default=0, help_text='1, of an undone one -1')),
                ('local_day', models.DateField(help_text="The learner's own day", null=True)),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'reward entries',
                'indexes': [models.Index(fields=['user', '-id'], name='rewards_newest')],
                'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='one_reward_a_key')],
                'triggers': [pgtrigger.compiler.Trigger(name='no_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='2d8f5a89b9de7bc0904376fdc32db210cf6fa165', operation='UPDATE', pgid='pgtrigger_no_update_55ec4', table='accounts_rewardentry', when='BEFORE')), pgtrigger.compiler.Trigger(name='no_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('resee.erasing_user', true) IS DISTINCT FROM OLD.user_id::text THEN RAISE EXCEPTION 'facts are append-only'; END IF; RETURN OLD;", hash='0e101543874260476256fbe460ab24dbfd8c5588', operation='DELETE', pgid='pgtrigger_no_delete_d4095', table='accounts_rewardentry', when='BEFORE')), pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'facts are append-only';", hash='f5f28caa85f3525b891e44e683292faa48b3d118', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_f4c8b', table='accounts_rewardentry', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Mailing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=config.identifiers.new_public_id, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('reminder', 'Reminder'), ('weekly', 'Weekly')], max_length=8)),
                ('local_day', models.DateField(help_text="The day it is for, by the learner's calendar")),
                ('due_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sending', 'Sending'), ('sent', 'Sent'), ('skipped', 'Skipped'), ('failed', 'Failed')], default='waiting', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('try_at', models.DateTimeField(help_text='Not before; or since when it is being sent')),
                ('error', models.TextField(blank=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ['waiting', 'sending'])), fields=['try_at'], name='mailings_unsent'), models.Index(fields=['due_at'], name='mailings_by_time')],
                'constraints': [models.UniqueConstraint(fields=('user', 'kind', 'local_day'), name='one_mail_a_day')],
            },
        ),
        migrations.CreateModel(
            name='LearnerGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=config.identifiers.new_public_id, editable=False, unique=True)),
                ('name', models.CharField(max_length=100)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('teacher', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='taught_groups', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=config.identifiers.new_public_id, editable=False, unique=True)),
                ('email', models.EmailField(help_text='In lower case', max_length=254)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='accounts.learnergroup')),
            ],
            options={
                'indexes': [models.Index(fields=['email'], name='invitation_by_email')],
                'constraints': [models.UniqueConstraint(fields=('group', 'email'), name='one_invitation')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=config.identifiers.new_public_id, editable=False, unique=True)),
                ('shows_progress', models.BooleanField(default=False)),
                ('agreed_at', models.DateTimeField(help_text='When progress was last agreed to', null=True)),
                ('joined_at', models.DateTimeField(auto_now_add=True)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='accounts.learnergroup')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'group'), name='one_membership')],
            },
        ),
    ]
