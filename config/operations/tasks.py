"""The clock of what every installation tidies up."""

from celery import shared_task
from django.apps import apps
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from config.jobs.models import Job
from config.retention import kept


@shared_task(name="config.operations.tasks.prune_jobs")
def prune_jobs(**_: object) -> None:
    """Forget jobs that ended long ago, but for those that something stored refers to."""
    _unreferred().filter(finished_at__lt=timezone.now() - kept("jobs")).delete()


def _unreferred() -> QuerySet[Job]:
    jobs = Job.objects.filter(state__in=[Job.State.SUCCEEDED, Job.State.FAILED])
    for model in apps.get_models():
        for field in model._meta.fields:  # noqa: SLF001  Django's own way
            if field.related_model is Job:
                rows = model._default_manager.filter(**{field.name: OuterRef("pk")})  # noqa: SLF001
                jobs = jobs.exclude(Exists(rows))
    return jobs
