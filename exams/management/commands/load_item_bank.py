"""manage.py load_item_bank"""

from typing import Any

from django.core.management.base import BaseCommand

from exams.commands.item_bank import load_item_bank


class Command(BaseCommand):
    """Twice is once."""

    help = "Store the questions of the level test as exams/item_bank has them."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many are new."""
        self.stdout.write(f"{load_item_bank()} new questions.")
