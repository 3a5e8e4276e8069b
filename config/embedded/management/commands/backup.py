"""``manage.py backup``: database and media of the embedded product, running or not."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.embedded import postgres, preflight, service
from config.embedded.backup import MANIFEST, back_up
from config.embedded.errors import AlreadyRuns, CannotStart
from config.embedded.servers import servers
from config.embedded.supervisor import Supervisor
from config.settings import home, variables


class Command(BaseCommand):
    """Dump the database, copy the media, list the hashes."""

    help = __doc__ or ""
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Start PostgreSQL for the time when the product is not running."""
        root = home.home()
        now = datetime.now(UTC)
        if not (variables.text("DATABASE_URL") or postgres.data_dir(root).exists()):
            raise CommandError(f"There is nothing to back up in {root}.")
        try:
            preflight.check_folder(root)
            with preflight.only_one(root), Supervisor(root, self.stdout.write) as supervisor:
                service.rotate_logs(root)
                for server in servers(root):
                    supervisor.start(server)
                    supervisor.wait_ready(server)
                folder = back_up(root, now=now)
        except AlreadyRuns:
            folder = back_up(root, now=now)
        except CannotStart as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{folder} (check it with: cd {folder} && sha256sum -c {MANIFEST})")
