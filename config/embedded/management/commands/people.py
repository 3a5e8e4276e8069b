"""``manage.py people``: the two that a new installation can be tried with."""

from typing import Any

from django.core.management.base import BaseCommand

from config.embedded import database


class Command(BaseCommand):
    """Make a demo learner and an administrator, with generated passwords, if they are missing."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Say in one line each how they log in."""
        for person in database.people():
            self.stdout.write(f"{person.email}  {person.password or '(password changed since)'}")
