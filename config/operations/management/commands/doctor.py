"""``manage.py doctor``: what is wrong with this installation, in plain words."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from config.operations.doctor import examine


class Command(BaseCommand):
    """Look at settings, servers, workers, files and models; exit code 1 when something ails."""

    help = __doc__ or ""
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each check, and under what ails what to do."""
        connection.settings_dict["OPTIONS"].pop("pool", None)  # it hides why it cannot connect
        wrong = 0
        for finding in examine():
            wrong += not finding.is_well
            mark = "ok   " if finding.is_well else "WRONG"
            self.stdout.write(f"{mark} {finding.title}: {finding.detail}")
            if finding.remedy:
                self.stdout.write(f"      -> {finding.remedy}")
        if wrong:
            raise CommandError(f"{wrong} of the checks found something wrong.")
        self.stdout.write("Nothing is wrong.")
