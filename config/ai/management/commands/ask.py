"""``manage.py ask "What is a verb?"``: a word with the language model, as the product asks it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.ai import gateway
from config.ai.calls import Task
from config.errors import ReseeError

TASK = Task("ask", max_output_tokens=200)


class Command(BaseCommand):
    """Print the answer as it is written, and where it comes from."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the question."""
        parser.add_argument("question")

    def handle(self, *, question: str, **_: Any) -> None:
        """Ask through the gateway: breaker, time limits and metrics as for everybody."""
        source = ""
        try:
            for piece in gateway.stream(TASK, [("user", question)]):
                self.stdout.write(piece.text, ending="")
                self.stdout.flush()
                source = piece.source
        except ReseeError as error:
            raise CommandError(error.detail) from None
        self.stdout.write(f"\n[{source}]")
