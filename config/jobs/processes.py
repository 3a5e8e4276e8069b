"""What each worker process begins with."""

from celery.signals import setup_logging, worker_process_init

from config.garbage import settle


@setup_logging.connect
def keep_logging(**_: object) -> None:
    """Leave logging as the settings made it; Celery would set a level and a format of its own."""


@worker_process_init.connect
def settle_heap(**_: object) -> None:
    """Nothing that the process was forked with is searched for garbage."""
    settle()
