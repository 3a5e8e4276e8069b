"""manage.py rebuild_read_models"""

from typing import Any

from django.core.management.base import BaseCommand

from review import projections


class Command(BaseCommand):
    """Counts all facts anew; needed after a restore into a new cluster."""

    help = "Make all read models from nothing; answers being recorded wait until it is done."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild, and say how many facts were counted."""
        fact_count = projections.rebuild()
        self.stdout.write(f"{fact_count} facts counted; {projections.health()}.")
