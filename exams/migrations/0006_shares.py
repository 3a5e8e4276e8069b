import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_groups'),
        ('exams', '0005_listening'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
        migrations.AddField(
            model_name='exam',
            name='shared_from',
            field=models.ForeignKey(help_text="A teacher's, for a group", null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='exams.exam'),
        ),
        migrations.AddConstraint(
            model_name='exam',
            constraint=models.UniqueConstraint(condition=models.Q(('shared_from__isnull', False)), fields=('user', 'shared_from'), name='one_copy_a_learner'),
        ),
    ]
