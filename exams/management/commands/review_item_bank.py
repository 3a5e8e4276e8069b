"""manage.py review_item_bank"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from exams.item_bank import FOLDER, written_items
from exams.item_bank.review import problems


class Command(BaseCommand):
    """Reads the files; the database is not asked."""

    help = "Check the questions of the level test: levels, one key, no repeats; print what fails."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --folder, for files elsewhere."""
        parser.add_argument("--folder", type=Path, default=FOLDER)

    def handle(self, *, folder: Path, **_: Any) -> None:
        """Print each problem; fail when there is one."""
        items = list(written_items(folder))
        found = list(problems(items))
        for problem in found:
            self.stdout.write(problem)
        if found:
            raise CommandError(f"{len(found)} problems in {len(items)} questions.")
        self.stdout.write(f"{len(items)} questions, no problem.")
