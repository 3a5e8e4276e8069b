"""``manage.py demo``: the main job through the running product's REST API."""

import logging
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console

from config.demo import plot
from config.demo.client import DemoFailed, Learner
from config.demo.journey import Journey
from config.settings import home, variables


class Command(BaseCommand):
    """One page from photo to statistics, told step by step with real figures."""

    help = __doc__ or ""
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take another product, another learner, another place for the plot."""
        port = variables.integer("RESEE_PORT")
        parser.add_argument("--url", default=f"http://127.0.0.1:{port}", help="of the product")
        parser.add_argument("--email", default="demo@resee.local", help="of the demo learner")
        parser.add_argument("--password", help="of that learner; the generated one when left out")
        parser.add_argument("--plot", type=Path, help="PNG to write (RESEE_HOME/demo/activity.png)")
        parser.add_argument("--seed", type=int, help="of the page; another one at each run")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the journey, then show and write the learner's activity."""
        for chatty in ("httpx", "matplotlib"):
            logging.getLogger(chatty).setLevel(logging.WARNING)
        console = Console()
        password = options["password"] or home.secret("demo_password", length=12)
        path: Path = options["plot"] or home.home() / "demo" / "activity.png"
        try:
            with closing(Learner(options["url"])) as learner:
                journey = Journey(learner, console, options["seed"])
                told = journey.run(options["email"], password)
        except DemoFailed as error:
            raise CommandError(str(error)) from None
        plot.draw(console, told.days, told.due)
        plot.save(path, told.days, told.due)
        photo = path.with_name("page.jpg")
        photo.write_bytes(told.photo)
        console.print(f"The same as a picture: {path}", highlight=False, soft_wrap=True)
        console.print(f"The page it read: {photo}", highlight=False, soft_wrap=True)
