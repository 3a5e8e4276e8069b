"""manage.py check_integrity"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from review.queries.integrity import (
    fact_differences,
    read_model_differences,
    schedule_differences,
)


class Command(BaseCommand):
    """Compares, repairs nothing; may run beside everything else."""

    help = "Compare every read model with a recount, every schedule with its replay, every key."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each difference; fail when there is one."""
        kinds = fact_differences, read_model_differences, schedule_differences
        differences = [line for find in kinds for line in find()]
        for line in differences:
            self.stdout.write(line)
        if differences:
            raise CommandError(
                f"{len(differences)} differences. rebuild_read_models makes read models anew."
            )
        self.stdout.write("Every read model is a recount, every schedule a replay.")
