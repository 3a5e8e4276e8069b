"""``manage.py up``: the whole product on this machine, until Ctrl-C."""

import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console

from config.embedded import launch
from config.embedded.errors import AlreadyRuns, CannotStart
from config.embedded.supervisor import StopRequested
from config.settings import home


class Command(BaseCommand):
    """Start PostgreSQL, Valkey, web, workers, clock and model server; restart what dies."""

    help = __doc__ or ""
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a command to run instead of running for ever."""
        parser.add_argument("--for", dest="command", help="stop when this command has ended")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until a signal; one line and exit code 1 when something has to be mended first."""
        try:
            command: str | None = options["command"]
            code = launch.run(Console(), started_at=time.monotonic(), command=command)
        except AlreadyRuns as error:
            if not options["command"]:
                raise CommandError(str(error)) from None
            code = launch.run_command(home.home(), options["command"])
        except CannotStart as error:
            raise CommandError(str(error)) from None
        except StopRequested as request:
            self.stdout.write(f"Stopped ({request}); the data is kept.")
            return
        sys.exit(code)
