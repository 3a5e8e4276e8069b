"""``manage.py restore FOLDER``: make this installation what it was when a backup was written."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.embedded import preflight, restore
from config.embedded.errors import AlreadyRuns, CannotStart
from config.embedded.supervisor import Supervisor
from config.settings import home


class Command(BaseCommand):
    """Check the hashes, fill a new database, put the files back, rebuild and compare."""

    help = __doc__ or ""
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the backup's folder; --replace moves aside what is there."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--replace", action="store_true")

    def handle(self, *, folder: Path, replace: bool, **options: Any) -> None:
        """Restore; one line and exit code 1 when something has to be mended first."""
        root, folder = home.home(), folder.absolute()
        try:
            preflight.check_folder(root)
            with preflight.only_one(root), Supervisor(root, self.stdout.write) as supervisor:
                if replace:
                    aside = restore.set_aside(root, now=datetime.now(UTC))
                    preflight.check_folder(root)
                    self.stdout.write(f"What was there lies in {aside}")
                restore.restore(root, folder, supervisor=supervisor, say=self.stdout.write)
        except AlreadyRuns as error:
            raise CommandError(f"{error} Then restore.") from None
        except CannotStart as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{root} is what it was when {folder.name} was written; go on: make run")
