"""A task that says something, and (run as a program) a worker of one queue that runs it."""

import sys
from typing import Any

import structlog

from config.celery import app

log = structlog.get_logger(__name__)


@app.task(name="tests.say")
def say(**_: Any) -> None:
    log.info("said_by_task")


if __name__ == "__main__":
    app.worker_main(
        ["worker", "-P", "solo", "-Q", sys.argv[1], "--without-gossip", "--without-mingle"]
    )
