"""A worker for flows: does what is queued, as the queue's worker would, in a thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from config.celery import app
from config.jobs.models import Job

POLL_SECONDS = 0.05


@contextmanager
def running_worker() -> Iterator[None]:
    """Run every queued job's task until the context ends; needs a test that commits."""
    app.loader.import_default_modules()  # as a worker does: finds every app's tasks
    stop = threading.Event()
    thread = threading.Thread(target=_work, args=(stop,), name="worker")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _work(stop: threading.Event) -> None:
    try:
        while not stop.wait(POLL_SECONDS):
            for job in Job.objects.filter(state=Job.State.QUEUED):
                arguments = {**job.arguments, "job_id": str(job.public_id)}
                app.tasks[job.task].apply(kwargs=arguments)  # what fails, its job tells
    finally:
        connection.close()
