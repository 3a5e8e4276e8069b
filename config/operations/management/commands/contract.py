"""Write what stands in docs/ from the code, or check that it is current."""

from io import StringIO
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.celery import QUEUES, ROUTES, SCHEDULE
from config.operations.client_code import ClientWriter
from config.operations.contract import contract


class Command(BaseCommand):
    """`manage.py contract` writes, `manage.py contract --check` only looks."""

    help = "Write docs/contract.md, openapi.yaml and resee_client.py, or fail when one is stale."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --check, and --docs for another folder."""
        parser.add_argument("--check", action="store_true")
        parser.add_argument("--docs", type=Path, default=settings.BASE_DIR / "docs")

    def handle(self, *, check: bool, docs: Path, **_: Any) -> None:
        """Compare or write the pages; CommandError names what is stale."""
        openapi = _openapi()
        pages = {
            "contract.md": contract(QUEUES, ROUTES, SCHEDULE),
            "openapi.yaml": openapi,
            "resee_client.py": ClientWriter(yaml.safe_load(openapi)).source(),
        }
        stale = [name for name, text in pages.items() if _read(docs / name) != text]
        if check and stale:
            raise CommandError(f"{', '.join(stale)} in {docs}: stale, run manage.py contract")
        for name in stale:
            (docs / name).write_text(pages[name])
            self.stdout.write(f"wrote {docs / name}")


def _openapi() -> str:
    """Return the schema; a warning or an invalid schema is an error."""
    text = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=text)
    return text.getvalue()


def _read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None
