"""``manage.py provision``: the files that the product needs beside its code."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.embedded import cefr_model, models, wordnet
from config.embedded.errors import CannotStart
from config.settings import home


class Command(BaseCommand):
    """Make the model folders sound and fetch the dictionary; quick when nothing is missing."""

    help = __doc__ or ""
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Say in one line each what was done."""
        root = home.home()
        try:
            models.provision(root, self.stdout.write)
            cefr = cefr_model.provision(root, self.stdout.write)
        except CannotStart as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"OCR models: {home.models_dir(root)}")
        self.stdout.write(f"Classifier of texts: {cefr}")
        if folder := wordnet.provision(root, self.stdout.write, again=True):
            self.stdout.write(f"Dictionary: {folder}")
