"""The only way to fetch a job on behalf of a learner: another's is as absent as none."""

from uuid import UUID

from django.db.models import QuerySet

from config.errors import NotFound
from config.jobs.models import Job


class JobNotFound(NotFound):
    """No such job of this learner."""

    code = "job_not_found"


def jobs_of(user_id: int) -> QuerySet[Job]:
    """Return the learner's jobs."""
    return Job.objects.filter(user_id=user_id)


def job_of(user_id: int, public_id: UUID) -> Job:
    """Return one job of the learner; JobNotFound."""
    job = jobs_of(user_id).filter(public_id=public_id).first()
    if job is None:
        raise JobNotFound("You have no job with this id.")
    return job
