"""``manage.py up``: the whole product on this machine, until Ctrl-C."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from config.embedded import launch
from config.embedded.errors import CannotStart
from config.embedded.supervisor import StopRequested


class Command(BaseCommand):
    """Start PostgreSQL, Valkey, web, workers, clock and model server; restart what dies."""

    help = __doc__ or ""
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until a signal; one line and exit code 1 when something has to be mended first."""
        try:
            launch.run(Console(), started_at=time.monotonic())
        except CannotStart as error:
            raise CommandError(str(error)) from None
        except StopRequested as request:
            self.stdout.write(f"Stopped ({request}); the data is kept.")
